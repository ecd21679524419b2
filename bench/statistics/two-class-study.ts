import { colours } from '../../src/figures/svg.ts'
import { drawBinomial } from '../../src/statistics/maths/draws.ts'
import type { Random } from '../../src/statistics/maths/random.ts'
import { langReiczigel, roganGladen } from '../../src/statistics/prevalence/two-class-prevalence.ts'
import { drawDotPlot } from './dot-plot.ts'
import { type Check, must, type Study, share, shareError } from './study.ts'

/** A row of section 3: truth, sensitivity, specificity, validation sizes, window, and the page's figures. */
type Row = {
  readonly truth: number
  readonly se: number
  readonly sp: number
  readonly nSe: number
  readonly nSp: number
  readonly n: number
  readonly page: { readonly ours: string; readonly naive: string }
}

const row = (
  truth: number,
  se: number,
  sp: number,
  nSe: number,
  nSp: number,
  n: number,
  ours: string,
  naive: string,
): Row => ({ truth, se, sp, nSe, nSp, n, page: { ours, naive } })

const rows: readonly Row[] = [
  row(0.1, 0.9, 0.92, 100, 400, 500, '.951 / .101', '.881 / .079'),
  row(0.1, 0.9, 0.92, 100, 400, 20_000, '.951 / .063', '.315 / .012'),
  row(0.2, 0.88, 0.93, 60, 240, 2000, '.957 / .092', '.689 / .046'),
  row(0.2, 0.88, 0.93, 60, 240, 100_000, '.955 / .080', '.139 / .006'),
  row(0.05, 0.85, 0.95, 40, 460, 5000, '.947 / .055', '.541 / .020'),
]

const drawInput = (random: Random, { truth, se, sp, nSe, nSp, n }: Row) => ({
  positives: drawBinomial(random, n, truth * se + (1 - truth) * (1 - sp)),
  tested: n,
  sensitivity: { successes: drawBinomial(random, nSe, se), trials: nSe },
  specificity: { successes: drawBinomial(random, nSp, sp), trials: nSp },
})

/** The naive interval: sensitivity and specificity taken as known, only the window's sampling error carried. */
const naiveInterval = (input: ReturnType<typeof drawInput>): { low: number; high: number } => {
  const { unclipped, raw } = must(roganGladen(input))
  const youden =
    input.sensitivity.successes / input.sensitivity.trials +
    input.specificity.successes / input.specificity.trials -
    1
  const reach = (1.959964 * Math.sqrt((raw * (1 - raw)) / input.tested)) / youden
  return { low: Math.max(0, unclipped - reach), high: Math.min(1, unclipped + reach) }
}

const coverage = (random: Random, given: Row, runs: number) => {
  const found = { ours: 0, naive: 0, oursWidth: 0, naiveWidth: 0 }
  for (let run = 0; run < runs; run += 1) {
    const input = drawInput(random, given)
    const ours = must(langReiczigel(input))
    const naive = naiveInterval(input)
    if (ours.low <= given.truth && given.truth <= ours.high) found.ours += 1 / runs
    if (naive.low <= given.truth && given.truth <= naive.high) found.naive += 1 / runs
    found.oursWidth += (ours.high - ours.low) / runs
    found.naiveWidth += (naive.high - naive.low) / runs
  }
  return found
}

const bothClippedAtZero = (random: Random, runs: number): number => {
  let clipped = 0
  for (let run = 0; run < runs; run += 1) {
    const given = row(0, 0.9, 0.92, 100, 400, 2000, '', '')
    const found = langReiczigel(drawInput(random, given))
    if (found.kind === 'answer' && found.warnings.some(({ code }) => code === 'both-limits-clipped'))
      clipped += 1
  }
  return clipped / runs
}

/** Coverage of the corrected prevalence of one disease: Lang–Reiczigel beside sensitivity and specificity taken as known. */
export const twoClassStudy: Study = {
  name: 'prevalence, two classes',
  run: ({ random, runs, progress }) => {
    const count = runs(20_000)
    const results = rows.map((given, i) => {
      progress(i, rows.length)
      return { given, ...coverage(random, given, count) }
    })
    const clipped = bothClippedAtZero(random, count)
    const named = ({ given }: (typeof results)[number]): string =>
      `${share(given.truth, 2)} ${share(given.se, 2)} ${share(given.sp, 2)} ${given.nSe} ${given.nSp} ${given.n.toLocaleString('en')}`
    const checks = results.flatMap((result): Check[] => [
      {
        name: `Lang–Reiczigel covers (${named(result)})`,
        value: result.ours,
        low: 0.94 - 2.5 * shareError(0.945, count),
        high: 0.97 + 2.5 * shareError(0.965, count),
      },
      ...(result.given.n >= 2000
        ? [
            {
              name: `naive interval covers too rarely (${named(result)})`,
              value: result.naive,
              low: 0.12,
              high: 0.71,
            },
          ]
        : []),
    ])
    return {
      title: 'Prevalence of one disease: carry the uncertainty of sensitivity and specificity',
      text: [
        `Share of ${count.toLocaleString('en')} simulated windows whose nominal 95 % interval holds the truth, and its mean width. Naive: Rogan–Gladen with sensitivity and specificity taken as known.`,
        `At a true prevalence of 0 both Lang–Reiczigel limits clip to 0 in ${(100 * clipped).toFixed(1)} % of windows (statistics page: 2 %); the library flags it.`,
      ],
      tables: [
        {
          caption: 'Coverage / width. Truth, Se, Sp, validation cases with and without the disease, window',
          columns: ['truth Se Sp nSe nSp n', 'ours', 'page', 'naive', 'page'],
          rows: results.map((result) => [
            named(result),
            `${share(result.ours)} / ${share(result.oursWidth)}`,
            result.given.page.ours,
            `${share(result.naive)} / ${share(result.naiveWidth)}`,
            result.given.page.naive,
          ]),
        },
      ],
      plots: [
        {
          file: 'two-class-coverage.svg',
          alt: 'Coverage of 95 % intervals: Lang–Reiczigel stays at 95 %, the naive interval falls to 14 %',
          svg: drawDotPlot({
            title: 'Taking a test’s accuracy as known makes a prevalence confidently wrong',
            note: 'Share of nominal 95 % intervals that hold the truth, by size of the window (validation: 300 to 500 people)',
            labelWidth: 260,
            rows: results.map((result) => ({
              name: `prevalence ${(100 * result.given.truth).toFixed(0)} %, n = ${result.given.n.toLocaleString('en')}`,
              marks: [
                { series: 0, value: result.ours },
                { series: 1, value: result.naive },
              ],
            })),
            series: [
              { name: 'Lang–Reiczigel', fill: colours.ours },
              { name: 'sensitivity and specificity taken as known', fill: colours.naive },
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
      checks,
    }
  },
}
