import { z } from 'zod'
import { ageBandSchema, sexSchema } from './film-attributes.ts'
import { auditSchema } from './identifiers.ts'

/** How many people live in a region: the denominator of the share of residents imaged. */
export const populationSchema = z.object({
  populationId: z.uuid(),
  region: z.string().min(1).max(60),
  year: z.int().min(1900).max(2200),
  sex: sexSchema,
  ageBand: ageBandSchema,
  residents: z.int().nonnegative(),
  /** Who published the figure. */
  source: z.string().min(1).max(200),
  ...auditSchema.shape,
})
export type Population = z.infer<typeof populationSchema>
export const populationEventType = 'org.osteostream.population.v1'
