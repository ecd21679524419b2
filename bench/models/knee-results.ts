import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'

const figure = z.object({ value: z.number(), low: z.number(), high: z.number() })

/** What `training/cross_validate_knees.py` leaves behind: grouped, stratified folds over real knee films. */
export const kneeResultsSchema = z.object({
  /** Films that were used, and groups that never stand on both sides of a fold. */
  films: z.int().positive(),
  groups: z.int().positive(),
  /** Films that were left out, by reason. */
  leftOut: z.record(z.string(), z.int().nonnegative()),
  folds: z.int().min(2),
  pixels: z.int().positive(),
  /** Accuracy of calling every film the most frequent class. */
  majority: z.number(),
  models: z
    .array(
      z.object({
        architecture: z.string(),
        accuracy: figure,
        auc: z.object({ osteoporosis: figure, osteopenia: figure, normal: figure }),
        /** Accuracy of each fold. */
        foldAccuracy: z.array(z.number()),
      }),
    )
    .min(1),
  /** The command, and how long it took on what. */
  command: z.string(),
  hardware: z.string(),
})
export type KneeResults = z.infer<typeof kneeResultsSchema>

/** The results, or undefined where nobody has run the training on knees. */
export const readKneeResults = (file: string): KneeResults | undefined =>
  existsSync(file) ? kneeResultsSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined
