import { z } from 'zod'
import { filmAttributesSchema } from './film-attributes.ts'
import {
  arrivalIdSchema,
  attemptSchema,
  eventIdSchema,
  instantSchema,
  personKeySchema,
  recordPositionSchema,
  sha256Schema,
  siteIdSchema,
} from './identifiers.ts'
import { filmContentTypeSchema } from './image-event.ts'

/** What a receipt says of an arrival; a verdict repeats it, so that a lost receipt heals. */
export const arrivalSchema = z.object({
  arrivalId: arrivalIdSchema,
  eventId: eventIdSchema,
  siteId: siteIdSchema,
  receivedAt: instantSchema,
  subjectKey: personKeySchema,
  linkKey: personKeySchema.optional(),
  contentType: filmContentTypeSchema,
  contentSize: z.int().nonnegative(),
  contentSha256: sha256Schema,
  attributes: filmAttributesSchema,
})
export type Arrival = z.infer<typeof arrivalSchema>

/** Published after Kafka has acknowledged the image and before the sender is answered. */
export const receiptSchema = arrivalSchema.extend({
  attempt: attemptSchema,
  /** Where Kafka stored the image record. */
  image: recordPositionSchema,
})
export type Receipt = z.infer<typeof receiptSchema>
export const receiptEventType = 'org.osteostream.receipt.v1'
