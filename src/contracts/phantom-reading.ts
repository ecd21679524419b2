import { z } from 'zod'
import { filmAttributesSchema } from './film-attributes.ts'
import {
  instantSchema,
  recordPositionSchema,
  sequenceSchema,
  siteIdSchema,
  spoolIdSchema,
} from './identifiers.ts'
import { imageStatisticsSchema, modelIdentitySchema } from './verdict.ts'

/** What the engine reads of a phantom: a clinic's own quality film, outside ledger and votes. */
export const phantomReadingSchema = z.object({
  phantomId: z.uuid(),
  siteId: siteIdSchema,
  spoolId: spoolIdSchema,
  sequence: sequenceSchema,
  receivedAt: instantSchema,
  readAt: instantSchema,
  image: recordPositionSchema,
  attributes: filmAttributesSchema.pick({
    acquisitionDay: true,
    maker: true,
    model: true,
    detector: true,
    softwareVersion: true,
    kvp: true,
    exposureIndex: true,
    deviationIndex: true,
  }),
  statistics: imageStatisticsSchema,
  /** The severity that each model reads; empty where no hip is drawn on the phantom. */
  readings: z.array(z.object({ model: modelIdentitySchema, severity: z.number() })),
})
export type PhantomReading = z.infer<typeof phantomReadingSchema>
export const phantomReadingEventType = 'org.osteostream.phantom-reading.v1'
