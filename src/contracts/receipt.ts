import type { z } from 'zod'
import { isMintedAt, recordPositionSchema, signatureSchema } from './identifiers.ts'
import { signedFilmSchema } from './signed-film.ts'

/**
 * Published after Kafka has acknowledged the image and before the sender is answered. It repeats what the site signed
 * and the signature, so that a receipt without its verdict can be believed or not.
 */
const receipt = signedFilmSchema.extend({
  signature: signatureSchema,
  /** Where Kafka stored the image record. */
  image: recordPositionSchema,
})
export const receiptSchema = receipt.refine(
  ({ arrivalId, receivedAt }) => isMintedAt(arrivalId, receivedAt),
  {
    path: ['arrivalId'],
    error: 'must be a UUID of version 7 of the instant in receivedAt',
  },
)
export type Receipt = z.infer<typeof receiptSchema>
export const receiptEventType = 'org.osteostream.receipt.v1'
