import type { BlobStore } from '../contracts/ports.ts'
import { failed, ok } from '../runtime/outcome.ts'
import type { Step } from './pipeline.ts'
import type { ParsedEvent, ResolvedFilm } from './screening-types.ts'

/** Gets the film: from the record, or from the allow-listed store that a claim check names. */
export const createResolveFilm = (deps: { blobs: BlobStore }): Step<ParsedEvent, ResolvedFilm> =>
  async function resolveFilm(event) {
    const reference = event.headers.ce_dataref
    if (reference === undefined) return ok({ ...event, bytes: event.record.value })
    if (!/^blob:sha256:[0-9a-f]{64}$/.test(reference))
      return failed('PAYLOAD_REFERENCE_REFUSED', 'the claim check does not name the film store')
    const bytes = await deps.blobs.get(reference)
    if (bytes === undefined) return failed('PAYLOAD_EXPIRED', 'the film is no longer in the film store')
    return ok({ ...event, bytes })
  }
