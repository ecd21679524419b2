import type { FindingOutcome, VerdictOutcome } from '../../contracts/verdict.ts'
import { ok } from '../../runtime/outcome.ts'
import type { Step } from './pipeline.ts'
import type { ClassifiedFilm, DecodedFilmEvent } from './screening-types.ts'

type Rejected = Extract<VerdictOutcome, { kind: 'rejected' }>

/**
 * Ends a film that must not be scored although its pixels could be read (its rejection then carries the
 * pixel hash, by which a film sent again is known); all others are classified and concluded.
 */
export const createRefuseFilm = (
  classify: Step<DecodedFilmEvent, ClassifiedFilm>,
  conclude: Step<ClassifiedFilm, FindingOutcome>,
): Step<DecodedFilmEvent, FindingOutcome | Rejected> =>
  async function refuseOrClassify(event) {
    const { refusal, pixelHash } = event.film
    if (refusal !== undefined) return ok({ kind: 'rejected', ...refusal, pixelHash })
    const classified = await classify(event)
    return classified.kind === 'ok' ? conclude(classified.value) : classified
  }
