import type { FilmRecord } from '../../contracts/film-record.ts'
import type { RecordPosition } from '../../contracts/identifiers.ts'
import type { ImageHeaders } from '../../contracts/image-event.ts'
import type { FilmWarning, RejectionReason } from '../../contracts/reasons.ts'
import type {
  ClockFault,
  FilmStatistics,
  FinderIdentity,
  HipFinding,
  Reading,
} from '../../contracts/verdict.ts'

/** A record whose headers could be read. */
export type ParsedEvent = { readonly record: FilmRecord; readonly headers: ImageHeaders }

/** A record that is what it says: where and when its first attempt was appended is known. */
export type VerifiedEvent = ParsedEvent & {
  readonly firstImage: RecordPosition
  readonly appendedAt: string
  /** What is taken for the time of the film, and why that is not `receivedAt`. */
  readonly believedAt: string
  readonly clockFault?: ClockFault
}

/** The film's bytes, from the record or from the store that its claim check names. */
export type ResolvedFilm = VerifiedEvent & { readonly bytes: Uint8Array }

/** A hip as the film worker found it and cut it. */
export type PreparedHip = Pick<
  HipFinding,
  'side' | 'box' | 'regionScore' | 'landmarks' | 'warnings' | 'eligible'
> & {
  /** The region as 8-bit greyscale, `size * size` values, by edge length in pixels. */
  readonly crops: ReadonlyMap<number, Uint8Array>
}

/** What the film worker made of a film. */
export type PreparedFilm = {
  readonly pixelHash: string
  readonly statistics: FilmStatistics
  readonly warnings: readonly FilmWarning[]
  readonly hips: readonly PreparedHip[]
  /** Why the film is not scored although its pixels could be read. */
  readonly refusal?: { readonly reason: RejectionReason; readonly detail: string }
}

export type DecodedFilmEvent = VerifiedEvent & {
  readonly film: PreparedFilm
  /** What found its hips. */
  readonly finder: FinderIdentity
}

export type ClassifiedHip = PreparedHip & { readonly readings: readonly Reading[] }
export type ClassifiedFilm = DecodedFilmEvent & {
  readonly hips: readonly ClassifiedHip[]
  readonly provider: string
}
