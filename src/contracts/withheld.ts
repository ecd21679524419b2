import { z } from 'zod'
import { instantSchema, sequenceSchema, siteIdSchema, spoolIdSchema } from './identifiers.ts'

/** A number of a spool whose film must not leave the clinic (an opt-out): it is counted, and nothing else is said. */
export const withheldSchema = z.object({
  siteId: siteIdSchema,
  spoolId: spoolIdSchema,
  sequence: sequenceSchema,
  at: instantSchema,
})
export type Withheld = z.infer<typeof withheldSchema>
export const withheldEventType = 'org.osteostream.withheld.v1'
