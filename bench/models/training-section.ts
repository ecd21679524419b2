import { z } from 'zod'
import { nameOf } from '../../src/figures/figure-text.ts'
import type { PackageEvaluation } from '../../src/inference/evaluation/package-evaluation.ts'
import { markdownTable } from './model-tables.ts'

const stage = z.object({ cpuSeconds: z.number(), steps: z.number(), heldOutErrorSd: z.number() })

/** What `training/regress_t.py` leaves in a manifest; packages of other trainings have none of it. */
const trainingSchema = z.object({
  regressionOfT: stage.extend({ batch: z.number(), before: stage.nullish() }),
})

const rowOf = ({ manifest }: PackageEvaluation['models'][number]): string[][] => {
  const { data } = trainingSchema.safeParse(manifest.training)
  if (data === undefined) return []
  const { before, batch, ...last } = data.regressionOfT
  const all = before ? [before, last] : [last]
  const sum = (name: 'cpuSeconds' | 'steps'): number => all.reduce((total, one) => total + one[name], 0)
  return [
    [
      nameOf(manifest),
      (sum('cpuSeconds') / 60).toFixed(0),
      `${((sum('steps') * batch) / 1000).toFixed(0)},000`,
      all.map(({ heldOutErrorSd }) => heldOutErrorSd.toFixed(2)).join(', then '),
    ],
  ]
}

/** How long the packages learned and how well they read T by then: what their distance to the ceiling is made of. */
export const trainingSection = ({ models }: PackageEvaluation): string[] => {
  const rows = models.flatMap(rowOf)
  if (rows.length === 0) return []
  return [
    '## What keeps them from the ceiling',
    '',
    'The ceiling belongs to a reader whose error of T is what the films hide: .20 in the hospital. The networks began with random',
    'weights and were given minutes of a CPU, not hours of a GPU, the same for all. At the end of each stage this was their error of T',
    'on films of that stage that were kept out of training (other films in each stage). What is missing to .20 was not learned.',
    'Osteopenia suffers most, since it is bounded on both sides.',
    '',
    markdownTable([
      ['package', 'CPU minutes', 'hips shown, each time counted', 'error of T (sd), held out'],
      ...rows,
    ]),
    '',
  ]
}
