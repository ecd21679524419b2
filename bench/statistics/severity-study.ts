import { colours } from '../../src/figures/svg.ts'
import { createClassDrift } from '../../src/statistics/drift/class-drift.ts'
import { attributeDrift } from '../../src/statistics/drift/drift-attribution.ts'
import { populationStability } from '../../src/statistics/drift/population-stability.ts'
import { createSeverityDrift } from '../../src/statistics/drift/severity-drift.ts'
import { wilson } from '../../src/statistics/intervals/proportions.ts'
import { classMixFromBins } from '../../src/statistics/prevalence/class-mixture.ts'
import { severityPrevalence } from '../../src/statistics/severity/severity-prevalence.ts'
import { drawBarPlot } from './bar-plot.ts'
import { drawDotPlot } from './dot-plot.ts'
import {
  callAt,
  calledClass,
  countPeople,
  drawCard,
  drawPeople,
  type Scenario,
  scenarios,
  trueColumns,
  trueMix,
  unchanged,
} from './latent-world.ts'
import { plotSeverityDistribution } from './severity-distribution-plot.ts'
import { type Check, type Context, deviation, mean, must, type Study, share, shareError } from './study.ts'

const windowPeople = 800
const page: Readonly<Record<string, readonly string[]>> = {
  'no change': ['.171', '.181', '.174 ± .016', '.736 / .730', '.09 / .07'],
  'mean T −1.2': ['.066', '.048', '.063 ± .011', '.643 / .663', '.21 / .08'],
  'mean T −.8, sd 1': ['.045', '.034', '.045 ± .008', '.668 / .668', '.93 / .10'],
  'mean T −2.2': ['.364', '.425', '.363 ± .019', '.834 / .833', '.22 / .12'],
  'two groups (30 % around −2.8)': ['.219', '–', '.220 ± .013', '.889 / .883', '– / .05'],
  'scanner +.3 T': ['.171', '.085', '.100', '–', '.16 / .08'],
}

type Run = {
  readonly severity: number
  readonly covered: boolean
  readonly low: number
  readonly high: number
  readonly classMix: number
  readonly raw: number
  readonly rawCovered: boolean
  readonly ppv: number
  readonly classAlarm: boolean
  readonly severityAlarm: boolean
  readonly stabilityAlarm: boolean
}

const once = ({ random, quick }: Context, scenario: Scenario): Run => {
  const { card } = drawCard(random)
  const people = drawPeople(random, scenario, windowPeople)
  const live = countPeople(card, people)
  const truth = trueMix(scenario)[0] ?? 0
  const draws = quick ? 100 : 200
  const found = must(severityPrevalence({ card, site: 'synthetic', live, draws, random }))
  const [osteoporosis] = found.classes
  const classMix = must(classMixFromBins({ classCounts: card.classCounts, live }))
  const called = people.filter(({ score }) => calledClass(score) === 0).length
  const raw = must(wilson({ successes: called, trials: people.length }))
  let expected = 0
  let positive = 0
  // Bins end at the decision threshold, so every bin is called one class.
  live.forEach((count, b) => {
    if ((card.edges[b] ?? Number.POSITIVE_INFINITY) > callAt) return
    expected += count * (found.posteriors[b]?.[0] ?? 0)
    positive += count
  })
  const test = (model: ReturnType<typeof createSeverityDrift>): boolean =>
    must(attributeDrift({ model, live, method: 'bootstrap', random })).p <= 0.05
  const reference = card.classCounts.reduce((sum, counts) => sum.map((value, b) => value + (counts[b] ?? 0)))
  return {
    severity: osteoporosis?.estimate ?? 0,
    covered: (osteoporosis?.low ?? 1) <= truth && truth <= (osteoporosis?.high ?? 0),
    low: osteoporosis?.low ?? 0,
    high: osteoporosis?.high ?? 1,
    classMix: classMix.classes[0]?.estimate ?? 0,
    raw: raw.estimate,
    rawCovered: raw.low <= truth && truth <= raw.high,
    ppv: positive > 0 ? expected / positive : 0,
    classAlarm: test(must(createClassDrift(card.classCounts))),
    severityAlarm: test(createSeverityDrift(card)),
    stabilityAlarm: must(populationStability({ reference, live })).alarm,
  }
}

const truePpv = (scenario: Scenario): number => {
  const mix = trueMix(scenario)
  const row = trueColumns(scenario)[0] ?? []
  const called = row.reduce((sum, chance, j) => sum + chance * (mix[j] ?? 0), 0)
  return ((row[0] ?? 0) * (mix[0] ?? 0)) / called
}

const rate = (runs: readonly Run[], of: (run: Run) => boolean): number => runs.filter(of).length / runs.length

const checksOf = (results: readonly { scenario: Scenario; runs: Run[] }[]): Check[] => {
  const errors = results
    .filter(({ scenario }) => scenario.populationOnly)
    .map(({ scenario, runs }) => ({
      scenario,
      runs,
      ours: mean(runs.map(({ severity }) => severity)) - (trueMix(scenario)[0] ?? 0),
      classLevel: mean(runs.map(({ classMix }) => classMix)) - (trueMix(scenario)[0] ?? 0),
    }))
  const worst = Math.max(...errors.map(({ classLevel }) => Math.abs(classLevel)))
  return [
    ...errors.map(({ scenario, runs, ours }) => ({
      name: `severity-aware prevalence error, ${scenario.name}`,
      value: Math.abs(ours),
      low: 0,
      high: 0.01 + (2 * deviation(runs.map(({ severity }) => severity))) / Math.sqrt(runs.length),
    })),
    { name: 'class-level EM error, worst latent-T scenario', value: worst, low: 0.04, high: 0.09 },
    ...errors.map(({ scenario, runs }) => ({
      name: `severity residual test alarms, ${scenario.name}`,
      value: rate(runs, ({ severityAlarm }) => severityAlarm),
      low: Math.max(0, 0.03 - 2 * shareError(0.03, runs.length)),
      high: 0.1 + 2 * shareError(0.1, runs.length),
    })),
    ...errors
      .filter(({ scenario }) => scenario.name !== 'no change')
      .map(({ scenario, runs }) => ({
        name: `PSI alarms, ${scenario.name}`,
        value: rate(runs, ({ stabilityAlarm }) => stabilityAlarm),
        low: 0.99,
        high: 1,
      })),
  ]
}

/** The latent-T world: severity moves within classes, and only the severity-aware estimate follows. */
export const severityStudy: Study = {
  name: 'prevalence, severity-aware (latent T)',
  run: (context) => {
    const count = context.runs(320)
    const results = scenarios.map((scenario, s) => ({
      scenario,
      truth: trueMix(scenario)[0] ?? 0,
      runs: Array.from({ length: count }, (_, i) => {
        if (i % 20 === 0) context.progress(s * count + i, scenarios.length * count)
        return once(context, scenario)
      }),
    }))
    const column = (runs: readonly Run[], of: (run: Run) => number): number => mean(runs.map(of))
    return {
      title: 'Severity moves within classes: the latent-T world',
      text: [
        `A card of 600 people (T ~ N(−1.69, .86), score = T + N(0, .3)) and windows of ${windowPeople}, ${count} runs a row; osteoporosis is called at a score of ${callAt.toString().replace('-0', '-').replace('-', '−')} and below. “±” is the standard deviation over runs. Residual tests by bootstrap at 5 %.`,
        'Class-level methods assume that severity within classes stays as it was; here it does not, as it never does when a population ages or heals. The last row is a uniform shift of the scanner: it looks like a population, and no score can tell; see the verdicts below.',
      ],
      tables: [
        {
          caption: 'Osteoporosis: truth and estimates (in brackets: statistics page)',
          columns: [
            'scenario',
            'truth',
            'naive: raw share',
            'class-level EM',
            'ours: severity-aware',
            'its 95 % interval covers',
            'raw Wilson interval covers',
            'its PPV / true PPV',
          ],
          rows: results.map(({ scenario, truth, runs }) => [
            scenario.name,
            `${share(truth)} (${page[scenario.name]?.[0]})`,
            share(column(runs, ({ raw }) => raw)),
            `${share(column(runs, ({ classMix }) => classMix))} (${page[scenario.name]?.[1]})`,
            `${share(column(runs, ({ severity }) => severity))} ± ${share(deviation(runs.map(({ severity }) => severity)))} (${page[scenario.name]?.[2]})`,
            share(rate(runs, ({ covered }) => covered)),
            share(rate(runs, ({ rawCovered }) => rawCovered)),
            `${share(column(runs, ({ ppv }) => ppv))} / ${share(truePpv(scenario))} (${page[scenario.name]?.[3]})`,
          ]),
        },
        {
          caption: 'Share of windows that alarm at 5 %: what a change of the population does to each test',
          columns: [
            'scenario',
            'naive: PSI',
            'residual test, class level',
            'ours: residual test, severity',
            'page: class / severity',
          ],
          rows: results.map(({ scenario, runs }) => [
            scenario.name,
            share(
              rate(runs, ({ stabilityAlarm }) => stabilityAlarm),
              2,
            ),
            share(
              rate(runs, ({ classAlarm }) => classAlarm),
              2,
            ),
            share(
              rate(runs, ({ severityAlarm }) => severityAlarm),
              2,
            ),
            page[scenario.name]?.[4] ?? '',
          ]),
        },
      ],
      plots: [
        plotSeverityDistribution(context, scenarios[4] ?? unchanged),
        {
          file: 'severity-prevalence.svg',
          alt: 'Estimated prevalence of osteoporosis by scenario: the severity-aware estimate sits on the truth, the others do not',
          svg: drawDotPlot({
            title: 'Only the severity-aware estimate follows a population whose severity moves',
            note: `Osteoporosis: black stroke is the truth; dots are means, bars the middle 95 % of ${count} windows of ${windowPeople} people`,
            labelWidth: 262,
            rows: results.map(({ scenario, truth, runs }) => {
              const spread = (of: (run: Run) => number) => {
                const sorted = runs.map(of).sort((a, b) => a - b)
                return {
                  value: column(runs, of),
                  low: sorted[Math.floor(sorted.length * 0.025)] ?? 0,
                  high: sorted[Math.ceil(sorted.length * 0.975) - 1] ?? 1,
                }
              }
              return {
                name: scenario.name,
                truth,
                marks: [
                  { series: 0, ...spread(({ severity }) => severity) },
                  { series: 1, ...spread(({ classMix }) => classMix) },
                  { series: 2, ...spread(({ raw }) => raw) },
                ],
              }
            }),
            series: [
              { name: 'severity-aware', fill: colours.ours },
              { name: 'class-level EM', fill: colours.naive },
              { name: 'raw share', fill: colours.quiet },
            ],
            axis: {
              low: 0,
              high: 0.55,
              ticks: [0, 0.1, 0.2, 0.3, 0.4, 0.5],
              name: 'prevalence of osteoporosis',
              write: (value) => `${(100 * value).toFixed(0)} %`,
            },
          }),
        },
        {
          file: 'residual-alarms.svg',
          alt: 'Share of windows that alarm: the population stability index always, the residual test at its level',
          svg: drawBarPlot({
            title: 'A changed population sets off drift alarms; the residual test stays at its level',
            note: `Share of ${count} windows that alarm at the 5 % level`,
            labelWidth: 262,
            groups: results.map(({ scenario, runs }) => ({
              name: scenario.name,
              values: [
                rate(runs, ({ severityAlarm }) => severityAlarm),
                rate(runs, ({ classAlarm }) => classAlarm),
                rate(runs, ({ stabilityAlarm }) => stabilityAlarm),
              ],
            })),
            series: [
              { name: 'residual test, severity free', fill: colours.ours },
              { name: 'residual test, class mix free', fill: colours.third },
              { name: 'population stability index', fill: colours.naive },
            ],
            axis: { high: 1, name: 'windows that alarm', write: (value) => `${(100 * value).toFixed(0)} %` },
            reference: { value: 0.05, name: '5 %' },
          }),
        },
      ],
      checks: checksOf(results),
    }
  },
}
