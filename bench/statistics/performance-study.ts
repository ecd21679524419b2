import { colours } from '../../src/figures/svg.ts'
import { clusteredDeLong, pairwiseAuc } from '../../src/statistics/performance/auc.ts'
import {
  performanceWithoutLabels,
  type ScoredGroup,
} from '../../src/statistics/performance/label-free-performance.ts'
import { projectBaseline } from '../../src/statistics/performance/projected-baseline.ts'
import { classMixFromBins } from '../../src/statistics/prevalence/class-mixture.ts'
import type { SeverityCard } from '../../src/statistics/severity/severity-card.ts'
import { fitSeverityWindow } from '../../src/statistics/severity/severity-prevalence.ts'
import { drawBarPlot } from './bar-plot.ts'
import {
  callAt,
  countPeople,
  crossTable,
  drawCard,
  drawPeople,
  type Person,
  type Scenario,
  scenarios,
  trueColumns,
  trueMix,
  unchanged,
} from './latent-world.ts'
import { type Context, mean, must, type Study, share } from './study.ts'

const synthetic = { card: 'synthetic', site: 'synthetic' } as const

const called = (card: SeverityCard, bin: number): number => {
  const edge = card.edges[bin] ?? Number.POSITIVE_INFINITY
  if (edge <= callAt) return 0
  return edge <= -1 ? 1 : 2
}

/** Expected PPV and AUC of osteoporosis from posteriors by bin; the score of a bin is its place, lowest most ill. */
const expected = (
  card: SeverityCard,
  live: readonly number[],
  posteriors: readonly (readonly number[])[],
  posterior: 'severity-aware' | 'class-level',
): { ppv: number; auc: number } => {
  const groups = live.map((count, b): ScoredGroup => {
    const own = posteriors[b] ?? [1 / 3, 1 / 3, 1 / 3]
    return { count, called: called(card, b), posterior: own, scores: [-b, 0, b] }
  })
  const [first] = must(
    performanceWithoutLabels({ domains: synthetic, classes: 3, groups, posterior }),
  ).classes
  return { ppv: first?.positivePredictiveValue ?? 0, auc: first?.auc ?? 0 }
}

/** P(class | bin) on the card itself (1/2 added): what plain CBPE takes to the live window unchanged. */
const cardPosteriors = (card: SeverityCard, mix?: readonly number[]): number[][] => {
  const people = card.classCounts.map((counts) => counts.reduce((sum, count) => sum + count, 0))
  return (card.classCounts[0] ?? []).map((_, b) => {
    const raised = card.classCounts.map((counts, k) => {
      const weight = mix ? (mix[k] ?? 0) / (people[k] ?? 1) : 1
      return ((counts[b] ?? 0) + 0.1) * weight
    })
    const sum = raised.reduce((all, value) => all + value, 0)
    return raised.map((value) => value / sum)
  })
}

const truthOf = (people: readonly Person[]): { ppv: number; specificity: number; auc: number } => {
  const ill = people.filter(({ actual }) => actual === 0)
  const positive = people.filter(({ score }) => score <= callAt)
  const hit = positive.filter(({ actual }) => actual === 0).length
  const auc = must(
    clusteredDeLong({
      scores: [people.map(({ score }) => -score)],
      positive: people.map(({ actual }) => actual === 0),
    }),
  )
  return {
    ppv: hit / positive.length,
    specificity: 1 - (positive.length - hit) / (people.length - ill.length),
    auc: auc.models[0]?.estimate ?? 0,
  }
}

const estimateOnce = ({ random }: Context, scenario: Scenario) => {
  const { card, people } = drawCard(random)
  const live = countPeople(card, drawPeople(random, scenario, 800))
  const plain = expected(card, live, cardPosteriors(card), 'class-level')
  const mix = must(classMixFromBins({ classCounts: card.classCounts, live })).classes.map(
    ({ estimate }) => estimate,
  )
  const byClass = expected(card, live, cardPosteriors(card, mix), 'class-level')
  const bySeverity = expected(card, live, fitSeverityWindow(card, live).posteriors, 'severity-aware')
  const pairs = must(
    pairwiseAuc({
      scores: people.map(({ score }) => [-score, -Math.abs(score + 1.75), score]),
      labels: people.map(({ actual }) => actual),
    }),
  )
  const projected = must(
    projectBaseline({
      domains: synthetic,
      validation: crossTable(people),
      mix: trueMix(scenario),
      pairwiseAuc: pairs,
    }),
  )
  const [first] = projected.classes
  return {
    plain,
    byClass,
    bySeverity,
    projectedAuc: first?.auc ?? 0,
    projectedSpecificity: first?.specificity ?? 0,
  }
}

/** Predictive values and AUC without labels, and how far they move when only the population does. */
export const performanceStudy: Study = {
  name: 'performance without labels',
  run: (context) => {
    const healthier: Scenario = {
      name: 'mean T −.8',
      groups: [{ share: 1, mean: -0.8, sd: 0.86 }],
      scannerShift: 0,
      populationOnly: true,
    }
    const moved = [unchanged, scenarios[1] ?? unchanged, healthier]
    const pageMoves = ['.933 / .974', '.966 / .984', '.983 / .991']
    const pagePpv = ['', '.630, .680, .509', '']
    const count = context.runs(400)
    const large = context.quick ? 60_000 : 400_000
    const results = moved.map((scenario, s) => {
      context.progress(s, moved.length)
      const truth = truthOf(drawPeople(context.random, scenario, large))
      const runs = Array.from({ length: count }, () => estimateOnce(context, scenario))
      return { scenario, truth, runs }
    })
    const middle = results[1]
    const average = (
      runs: readonly ReturnType<typeof estimateOnce>[],
      of: (run: ReturnType<typeof estimateOnce>) => number,
    ) => mean(runs.map(of))
    const specificities = moved.map((scenario) => {
      const columns = trueColumns(scenario)
      const mix = trueMix(scenario)
      const wrong = (columns[0] ?? []).reduce(
        (sum, chance, j) => (j === 0 ? sum : sum + chance * (mix[j] ?? 0)),
        0,
      )
      return 1 - wrong / (1 - (mix[0] ?? 0))
    })
    return {
      title: 'Performance without labels: PPV, specificity and AUC move although the model does not',
      text: [
        `The model is the same in every row; only the population changes. Truth from ${large.toLocaleString('en')} simulated people, estimates from ${count} cards of 600 and windows of 800.`,
        'Plain CBPE takes P(class | score) from the card, class-level EM takes P(score | class); both are wrong when severity moves within classes. Feeding CBPE with the severity-aware posterior is right. A baseline projected onto the live mix cannot follow either, but says how much of a change the mix alone explains.',
      ],
      tables: [
        {
          caption: 'One-vs-rest specificity and AUC for osteoporosis (in brackets: statistics page)',
          columns: ['population', 'true specificity / AUC', 'card projected onto the live mix'],
          rows: results.map(({ scenario, truth, runs }, i) => [
            scenario.name,
            `${share(specificities[i] ?? 0)} / ${share(truth.auc)} (${pageMoves[i]})`,
            `${share(average(runs, ({ projectedSpecificity }) => projectedSpecificity))} / ${share(average(runs, ({ projectedAuc }) => projectedAuc))}`,
          ]),
        },
        {
          caption: 'PPV of osteoporosis without labels (in brackets: page’s truth, CBPE, class EM → CBPE)',
          columns: [
            'population',
            'truth',
            'naive: CBPE',
            'class-level EM → CBPE',
            'ours: severity-aware → CBPE',
            'page',
          ],
          rows: results.map(({ scenario, truth, runs }, i) => [
            scenario.name,
            share(truth.ppv),
            share(average(runs, ({ plain }) => plain.ppv)),
            share(average(runs, ({ byClass }) => byClass.ppv)),
            share(average(runs, ({ bySeverity }) => bySeverity.ppv)),
            pagePpv[i] ?? '',
          ]),
        },
      ],
      plots: [
        {
          file: 'label-free-ppv.svg',
          alt: 'PPV of osteoporosis without labels, by method and population',
          svg: drawBarPlot({
            title: 'The predictive value falls with the population, not with the model',
            note: 'PPV of osteoporosis: what labels would show, and what three methods say without them',
            labelWidth: 150,
            groups: results.map(({ scenario, truth, runs }) => ({
              name: scenario.name,
              values: [
                truth.ppv,
                average(runs, ({ bySeverity }) => bySeverity.ppv),
                average(runs, ({ plain }) => plain.ppv),
                average(runs, ({ byClass }) => byClass.ppv),
              ],
            })),
            series: [
              { name: 'truth', fill: colours.ink },
              { name: 'severity-aware', fill: colours.ours },
              { name: 'CBPE', fill: colours.naive },
              { name: 'class-level EM', fill: colours.third },
            ],
            axis: { high: 1, name: 'PPV of osteoporosis', write: (value) => `${(100 * value).toFixed(0)} %` },
          }),
        },
      ],
      checks: [
        {
          name: 'true specificity at mean T −1.69 (page .933)',
          value: specificities[0] ?? 0,
          low: 0.928,
          high: 0.938,
        },
        {
          name: 'true AUC at mean T −1.2 (page .984)',
          value: middle?.truth.auc ?? 0,
          low: 0.981,
          high: 0.987,
        },
        {
          name: 'severity-aware PPV error at mean T −1.2',
          value: Math.abs(
            average(middle?.runs ?? [], ({ bySeverity }) => bySeverity.ppv) - (middle?.truth.ppv ?? 0),
          ),
          low: 0,
          high: 0.02,
        },
        {
          name: 'plain CBPE is too high at mean T −1.2',
          value: average(middle?.runs ?? [], ({ plain }) => plain.ppv) - (middle?.truth.ppv ?? 0),
          low: 0.03,
          high: 0.1,
        },
        {
          name: 'class-level EM → CBPE is too low at mean T −1.2',
          value: (middle?.truth.ppv ?? 0) - average(middle?.runs ?? [], ({ byClass }) => byClass.ppv),
          low: 0.06,
          high: 0.18,
        },
      ],
    }
  },
}
