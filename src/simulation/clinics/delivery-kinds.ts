import type { DeadLetterCode, RejectionReason } from '../../contracts/reasons.ts'

/** What simulated clinics send. */
export const deliveryKinds = [
  /** A hip or pelvis as DICOM. */
  'film',
  /** The same as PNG or JPEG: no header, so no person, age or day. */
  'picture',
  /** A film that was taken weeks before it is sent. */
  'late',
  /** A film that was sent before, byte for byte. */
  'resend',
  /** Other pixels under a SOP Instance UID that was sent before. */
  'conflict',
  'truncated',
  'zero-bytes',
  'random-bytes',
  'unsupported-encoding',
  'knee',
  'chest',
  'wrong-modality',
  'child',
  'no-pixel-data',
  'colour-photograph',
  'huge-picture',
] as const
export type DeliveryKind = (typeof deliveryKinds)[number]

/** Where the ledger must book a delivery. */
export type ExpectedBooking =
  /** A finding, unless the pixels themselves give a reason (implants in both hips, poor exposure). */
  | { readonly as: 'screened' }
  | { readonly as: 'duplicate' | 'conflict' }
  | { readonly as: 'rejected'; readonly reason: RejectionReason }
  | { readonly as: 'deadLettered'; readonly code: DeadLetterCode }

/** What the engine must make of each kind of delivery. */
export const expectedBooking: Readonly<Record<DeliveryKind, ExpectedBooking>> = {
  film: { as: 'screened' },
  picture: { as: 'screened' },
  late: { as: 'screened' },
  resend: { as: 'duplicate' },
  conflict: { as: 'conflict' },
  truncated: { as: 'deadLettered', code: 'FILE_CORRUPT' },
  'zero-bytes': { as: 'deadLettered', code: 'PAYLOAD_EMPTY' },
  'random-bytes': { as: 'deadLettered', code: 'FILE_CORRUPT' },
  'unsupported-encoding': { as: 'deadLettered', code: 'ENCODING_UNSUPPORTED' },
  knee: { as: 'rejected', reason: 'NOT_A_HIP' },
  chest: { as: 'rejected', reason: 'NOT_A_HIP' },
  'wrong-modality': { as: 'rejected', reason: 'WRONG_MODALITY' },
  child: { as: 'rejected', reason: 'UNDER_18' },
  'no-pixel-data': { as: 'rejected', reason: 'NO_PIXEL_DATA' },
  'colour-photograph': { as: 'rejected', reason: 'COLOUR_PHOTOGRAPH' },
  'huge-picture': { as: 'rejected', reason: 'TOO_MANY_PIXELS' },
}

/** Share of each kind in what a clinic sends, in thousandths; films take the rest. */
const thousandths: Partial<Record<DeliveryKind, number>> = {
  picture: 25,
  late: 40,
  resend: 40,
  conflict: 15,
  truncated: 10,
  'zero-bytes': 5,
  'random-bytes': 5,
  'unsupported-encoding': 8,
  knee: 12,
  chest: 8,
  'wrong-modality': 8,
  child: 12,
  'no-pixel-data': 6,
  'colour-photograph': 6,
  'huge-picture': 4,
}

/** From this many deliveries on, each kind comes at least once. */
export const everyKindFrom = 60

/** How many of each kind there are among `total` deliveries; they sum to it. */
export const quotas = (total: number): Record<DeliveryKind, number> => {
  const least = total >= everyKindFrom ? 1 : 0
  const counts = Object.fromEntries(
    deliveryKinds.map((kind) => [
      kind,
      Math.max(least, Math.floor((total * (thousandths[kind] ?? 0)) / 1000)),
    ]),
  ) as Record<DeliveryKind, number>
  const others = deliveryKinds.reduce((sum, kind) => sum + (kind === 'film' ? 0 : counts[kind]), 0)
  counts.film = total - others
  return counts
}
