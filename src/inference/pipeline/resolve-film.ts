import type { BlobStore } from '../../contracts/ports.ts'
import {
  type DeadLetterCode,
  deadLetterCodeSchema,
  type RejectionReason,
  rejectionReasonSchema,
} from '../../contracts/reasons.ts'
import { failed, type Outcome, ok, rejected } from '../../runtime/outcome.ts'
import type { Step } from './pipeline.ts'
import type { ResolvedFilm, VerifiedEvent } from './screening-types.ts'

/** What the gate at the clinic decided about a file that it kept back. */
const refusalOf = (
  refusal: RejectionReason | DeadLetterCode,
): Outcome<never, RejectionReason, DeadLetterCode> => {
  const code = deadLetterCodeSchema.safeParse(refusal)
  if (code.success) return failed(code.data, 'found by the gate at the clinic')
  return rejected(rejectionReasonSchema.parse(refusal), 'found by the gate at the clinic')
}

/** Gets the film: from the record, or from the allow-listed store that a claim check names. */
export const createResolveFilm = (deps: { blobs: BlobStore }): Step<VerifiedEvent, ResolvedFilm> =>
  async function resolveFilm(event) {
    const { ce_gaterefusal: refusal, ce_dataref: reference, ce_contentsize: size } = event.headers
    // Where there is a film, the engine looks at it itself.
    const isEmpty = event.record.value.length === 0 && size === 0 && reference === undefined
    if (refusal !== undefined && isEmpty) return refusalOf(refusal)
    if (reference === undefined) return ok({ ...event, bytes: event.record.value })
    if (!/^blob:sha256:[0-9a-f]{64}$/.test(reference))
      return failed('PAYLOAD_REFERENCE_REFUSED', 'the claim check does not name the film store')
    const bytes = await deps.blobs.get(reference)
    if (bytes === undefined) return failed('PAYLOAD_EXPIRED', 'the film is no longer in the film store')
    return ok({ ...event, bytes })
  }
