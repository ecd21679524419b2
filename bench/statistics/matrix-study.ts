import { colours } from '../../src/figures/svg.ts'
import { drawMultinomial, drawNormal } from '../../src/statistics/maths/draws.ts'
import {
  apply,
  inverse,
  multinomialCovariance,
  multiply,
  transpose,
} from '../../src/statistics/maths/linear-algebra.ts'
import type { Random } from '../../src/statistics/maths/random.ts'
import { smoothedColumns } from '../../src/statistics/prevalence/confusion-matrix.ts'
import { correctedPrevalence } from '../../src/statistics/prevalence/corrected-prevalence.ts'
import { drawDotPlot } from './dot-plot.ts'
import { trueColumns, trueMix, unchanged } from './latent-world.ts'
import { type Context, must, type Study, share, shareError } from './study.ts'

const validationPeople = [105, 370, 125] as const
const columns = trueColumns(unchanged)
const usual = trueMix(unchanged)

/** Columns of one site: entries times e^(sd·z), made to sum to 1 again. */
const siteColumns = (random: Random, logSd: number): number[][] => {
  const moved = columns.map((row) => row.map((value) => value * Math.exp(logSd * drawNormal(random))))
  const sums = [0, 1, 2].map((j) => moved.reduce((sum, row) => sum + (row[j] ?? 0), 0))
  return moved.map((row) => row.map((value, j) => value / (sums[j] ?? 1)))
}

const drawCounts = (random: Random, of: number[][], people: readonly number[]): number[][] => {
  const drawn = people.map((count, j) =>
    drawMultinomial(
      random,
      count,
      of.map((row) => row[j] ?? 0),
      new Float64Array(3),
    ),
  )
  return of.map((_, i) => drawn.map((counts) => counts[i] ?? 0))
}

const drawLive = (random: Random, of: number[][], truth: readonly number[], people: number): Float64Array =>
  drawMultinomial(random, people, apply(of, truth), new Float64Array(3))

/** The naive limits: M taken as known, so only the window's own sampling error is carried. */
const naiveLimits = (counts: number[][], live: Float64Array): { low: number; high: number } | undefined => {
  const back = inverse(smoothedColumns(counts))
  if (!back) return undefined
  const people = live.reduce((sum, count) => sum + count, 0)
  const q = Array.from(live, (count) => count / people)
  const spread = multinomialCovariance(q).map((row) => row.map((value) => value / people))
  const p = apply(back, q)[0] ?? 0
  const error = Math.sqrt(multiply(multiply(back, spread), transpose(back))[0]?.[0] ?? 0)
  return { low: Math.max(0, p - 1.959964 * error), high: Math.min(1, p + 1.959964 * error) }
}

const coverage = (
  { random }: Context,
  runs: number,
  plan: { truth: readonly number[]; people: number; sites: number; logSd: number },
) => {
  const found = { ours: 0, naive: 0, width: 0, naiveWidth: 0, zeroWidth: 0, naiveZero: 0 }
  const truth = plan.truth[0] ?? 0
  for (let run = 0; run < runs; run += 1) {
    const perSite = validationPeople.map((count) => Math.round(count / plan.sites))
    const validation = Array.from({ length: plan.sites }, () =>
      drawCounts(random, siteColumns(random, plan.logSd), perSite),
    )
    const counts = drawLive(random, siteColumns(random, plan.logSd), plan.truth, plan.people)
    const input = { domains: { card: 'synthetic', site: 'synthetic' }, draws: 500, random } as const
    const answer = must(correctedPrevalence({ ...input, validation, live: { kind: 'pooled', counts } }))
    const [ours] = answer.classes
    const pooled = validation.reduce((sum, site) =>
      sum.map((row, i) => row.map((c, j) => c + (site[i]?.[j] ?? 0))),
    )
    const naive = naiveLimits(pooled, counts)
    if (!ours || !naive) continue
    if (ours.low <= truth && truth <= ours.high) found.ours += 1 / runs
    if (naive.low <= truth && truth <= naive.high) found.naive += 1 / runs
    found.width += (ours.high - ours.low) / runs
    found.naiveWidth += (naive.high - naive.low) / runs
    if (ours.high - ours.low < 1e-9) found.zeroWidth += 1 / runs
    if (naive.high - naive.low < 1e-9) found.naiveZero += 1 / runs
  }
  return found
}

const plans = [
  { name: 'window 500', people: 500, sites: 1, logSd: 0, runs: 4000, page: '.955–.964', naivePage: '' },
  { name: 'window 2,000', people: 2000, sites: 1, logSd: 0, runs: 4000, page: '.955–.964', naivePage: '' },
  {
    name: 'window 50,000',
    people: 50_000,
    sites: 1,
    logSd: 0,
    runs: 4000,
    page: '.955–.964',
    naivePage: '.17–.23',
  },
] as const

const sitePlans = [
  {
    name: 'sites differ by log-sd .2, one site',
    people: 2000,
    sites: 1,
    logSd: 0.2,
    runs: 3000,
    page: '.72',
  },
  {
    name: 'sites differ by log-sd .4, one site',
    people: 2000,
    sites: 1,
    logSd: 0.4,
    runs: 3000,
    page: '.45',
  },
  { name: 'sites differ by log-sd .2, five sites', people: 2000, sites: 5, logSd: 0.2, runs: 2000, page: '' },
  { name: 'sites differ by log-sd .4, five sites', people: 2000, sites: 5, logSd: 0.4, runs: 2000, page: '' },
] as const

/** Coverage of the matrix-corrected prevalence, and what a matrix that differs between sites does to it. */
export const matrixStudy: Study = {
  name: 'prevalence, three classes, by the matrix',
  run: (context) => {
    const all = plans.length + sitePlans.length + 1
    const same = plans.map((plan, i) => {
      context.progress(i, all)
      const runs = context.runs(plan.runs)
      return { plan, runs, ...coverage(context, runs, { ...plan, truth: usual }) }
    })
    const between = sitePlans.map((plan, i) => {
      context.progress(plans.length + i, all)
      const runs = context.runs(plan.runs)
      return { plan, runs, ...coverage(context, runs, { ...plan, truth: usual }) }
    })
    const rareRuns = context.runs(1500)
    const rare = coverage(context, rareRuns, { truth: [0.01, 0.3, 0.69], people: 200, sites: 1, logSd: 0 })
    const [five2, five4] = [between[2], between[3]]
    return {
      title: 'Three classes by the confusion matrix: the matrix is an estimate, too',
      text: [
        `Osteoporosis, true prevalence ${share(usual[0] ?? 0)}, validation set of 600 people (${validationPeople.join('/')}). Naive: the matrix taken as known.`,
        `A matrix that differs between sites is invisible to a single validation site: coverage collapses, and the library says “assumes this clinic is like the validation site”. With five sites the between-site term and Student's t hold the level.`,
        `At a prevalence of 1 % and 200 people, plain clipping shows [0, 0] in ${(100 * rare.naiveZero).toFixed(1)} % of windows (statistics page: 1.9 %), the library's bootstrap limits in ${(100 * rare.zeroWidth).toFixed(1)} %; they cover ${share(rare.ours)}.`,
      ],
      tables: [
        {
          caption: 'Coverage / width for osteoporosis (nominal .95)',
          columns: ['window and sites', 'ours', 'page', 'matrix taken as known', 'page'],
          rows: [
            ...same.map(({ plan, ours, width, naive, naiveWidth }) => [
              plan.name,
              `${share(ours)} / ${share(width)}`,
              plan.page,
              `${share(naive)} / ${share(naiveWidth)}`,
              plan.naivePage,
            ]),
            ...between.map(({ plan, ours, width, naive, naiveWidth }) => [
              plan.name,
              `${share(ours)} / ${share(width)}`,
              plan.page,
              `${share(naive)} / ${share(naiveWidth)}`,
              '',
            ]),
          ],
        },
      ],
      plots: [
        {
          file: 'matrix-coverage.svg',
          alt: 'Coverage of the matrix-corrected prevalence by window size and by difference between sites',
          svg: drawDotPlot({
            title: 'More films do not help once the validation set limits the precision',
            note: 'Share of nominal 95 % intervals for osteoporosis that hold the truth; validation set of 600 people',
            labelWidth: 290,
            rows: [...same, ...between].map(({ plan, ours, naive }) => ({
              name: plan.name,
              marks: [
                { series: 0, value: ours },
                { series: 1, value: naive },
              ],
            })),
            series: [
              { name: 'matrix with its uncertainty', fill: colours.ours },
              { name: 'matrix taken as known', fill: colours.naive },
            ],
            axis: {
              low: 0,
              high: 1,
              ticks: [0, 0.25, 0.5, 0.75, 1],
              name: 'coverage',
              write: (value) => `${(100 * value).toFixed(0)} %`,
            },
            reference: { value: 0.95, name: '95 %' },
          }),
        },
      ],
      checks: [
        ...same.map(({ plan, ours, runs }) => ({
          name: `matrix interval covers (${plan.name})`,
          value: ours,
          low: 0.94 - 2.5 * shareError(0.945, runs),
          high: 0.97 + 2.5 * shareError(0.965, runs),
        })),
        ...[five2, five4].flatMap((found) =>
          found
            ? [{ name: `matrix interval covers (${found.plan.name})`, value: found.ours, low: 0.91, high: 1 }]
            : [],
        ),
        { name: 'no interval of zero width at prevalence 1 %', value: rare.zeroWidth, low: 0, high: 0 },
      ],
    }
  },
}
