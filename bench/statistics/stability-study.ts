import { populationStability } from '../../src/statistics/drift/population-stability.ts'
import { total } from '../../src/statistics/inputs/counts.ts'
import { chiSquareTwoSample } from '../../src/statistics/intervals/two-sample-tests.ts'
import { chiSquareTail } from '../../src/statistics/maths/distributions.ts'
import { drawMultinomial } from '../../src/statistics/maths/draws.ts'
import { must, type Study, share, shareError } from './study.ts'

const rows = [
  { bins: 10, reference: 300, window: 100, page: ['.611', '.070', '.202'] },
  { bins: 10, reference: 500, window: 200, page: ['.122', '.056', '.223'] },
  { bins: 10, reference: 500, window: 1000, page: ['.000', '.052', '.779'] },
  { bins: 3, reference: 500, window: 1000, page: ['.000', '.050', '.371'] },
] as const

/** The index as it is mostly computed: nothing added to the cells, empty ones floored at 1e-4. */
const plainIndex = (live: Float64Array, reference: Float64Array): number => {
  const [m, n] = [total(live), total(reference)]
  return live.reduce((sum, count, b) => {
    const p = Math.max(count / m, 1e-4)
    const q = Math.max((reference[b] ?? 0) / n, 1e-4)
    return sum + (p - q) * Math.log(p / q)
  }, 0)
}

/** False alarms of the population stability index when nothing changed: fixed limits beside its own null. */
export const stabilityStudy: Study = {
  name: 'population stability index',
  run: ({ random, runs, progress }) => {
    const count = runs(20_000)
    const results = rows.map((row, i) => {
      progress(i, rows.length)
      const even = new Float64Array(row.bins).fill(1)
      const reference = new Float64Array(row.bins)
      const live = new Float64Array(row.bins)
      const found = { fixed: 0, plainNull: 0, withNull: 0, twoSample: 0, exactReference: 0 }
      for (let run = 0; run < count; run += 1) {
        drawMultinomial(random, row.reference, even, reference)
        drawMultinomial(random, row.window, even, live)
        const stability = must(populationStability({ reference, live }))
        const plain = plainIndex(live, reference)
        if (plain >= 0.1) found.fixed += 1 / count
        if (plain > stability.threshold) found.plainNull += 1 / count
        if (stability.alarm) found.withNull += 1 / count
        if (must(chiSquareTwoSample({ reference, live })).p < 0.05) found.twoSample += 1 / count
        let statistic = 0
        for (let b = 0; b < row.bins; b += 1) {
          const expected = (row.window * (reference[b] ?? 0)) / row.reference
          if (expected > 0) statistic += ((live[b] ?? 0) - expected) ** 2 / expected
        }
        if (chiSquareTail(statistic, row.bins - 1) < 0.05) found.exactReference += 1 / count
      }
      return { row, ...found }
    })
    const worst = results[0]?.fixed ?? 0
    return {
      title: 'Population stability index: an alarm limit has to know both sizes',
      text: [
        `Nothing has changed in any of these ${count.toLocaleString('en')} windows a row; every alarm is false. The limit of this library is the 95 % quantile of the index under no change, (1/n_ref + 1/m) χ² with B − 1 degrees of freedom; .1 and .25 are only labels of effect size. The page's figures add nothing to the cells; adding 1/2, as the library does, takes away what excess is left in small windows.`,
      ],
      tables: [
        {
          caption: 'Share of windows that alarm although nothing changed (in brackets: statistics page)',
          columns: [
            'bins, reference, window',
            'ours: PSI above its null',
            'ours: two-sample χ²',
            'naive: PSI ≥ .1',
            'plain PSI above its null',
            'naive: χ² with the reference taken as exact',
          ],
          rows: results.map(({ row, fixed, plainNull, withNull, twoSample, exactReference }) => [
            `${row.bins}, ${row.reference}, ${row.window}`,
            share(withNull),
            share(twoSample),
            `${share(fixed)} (${row.page[0]})`,
            `${share(plainNull)} (${row.page[1]})`,
            `${share(exactReference)} (${row.page[2]})`,
          ]),
        },
      ],
      plots: [],
      checks: [
        { name: 'PSI ≥ .1 alarms falsely (10 bins, 300, 100)', value: worst, low: 0.57, high: 0.65 },
        ...results.map(({ row, withNull }) => ({
          name: `PSI above its null alarms at 5 % (${row.bins}, ${row.reference}, ${row.window})`,
          value: withNull,
          low: 0.03 - 2.5 * shareError(0.05, count),
          high: 0.08 + 2.5 * shareError(0.05, count),
        })),
      ],
    }
  },
}
