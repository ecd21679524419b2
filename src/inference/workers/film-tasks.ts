import type { DeadLetterCode, RejectionReason } from '../../contracts/reasons.ts'
import type { Outcome } from '../../runtime/outcome.ts'
import type { RawReading } from '../classifiers/decide.ts'
import type { PreparedFilm } from '../pipeline/screening-types.ts'

/** What a film worker knows from its start. */
export type FilmWorkerData = {
  /** The finders that may be asked for, by the digest of their identity; the first is made ready at once. */
  readonly finders: readonly { readonly folder: string; readonly digest: string }[]
  /** Edge lengths, in pixels, of the crops that the classifiers want. */
  readonly cropSizes: readonly number[]
  readonly provider: 'cpu' | 'cuda'
}

/** Checks, decodes and cuts one film. */
export type PrepareTask = {
  readonly kind: 'prepare'
  /** Digest of the finder that reads the film. */
  readonly finder: string
  readonly bytes: Uint8Array
  readonly expected: { readonly size: number; readonly sha256: string }
}

/** Runs one classifier over crops of its input size, one after the other in `images`. */
export type ClassifyTask = {
  readonly kind: 'classify'
  readonly packageFolder: string
  /** SHA-256 of the weights: other bytes under this name are not run. */
  readonly weightsDigest: string
  readonly images: Uint8Array
  readonly count: number
}

/** Asks one classifier where it looks on a crop. */
export type HeatTask = {
  readonly kind: 'heat'
  readonly packageFolder: string
  /** SHA-256 of the weights: other bytes under this name are not run. */
  readonly weightsDigest: string
  readonly image: Uint8Array
}

export type FilmTask = PrepareTask | ClassifyTask | HeatTask

export type PrepareAnswer = {
  readonly kind: 'prepared'
  readonly outcome: Outcome<PreparedFilm, RejectionReason, DeadLetterCode>
}
export type ClassifyAnswer = {
  readonly kind: 'classified'
  readonly readings: readonly RawReading[]
  readonly provider: string
}
/** A square grid over the crop, row by row from its top; not negative, in a unit that only the package knows. */
export type Heat = { readonly edge: number; readonly values: readonly number[] }
export type HeatAnswer = { readonly kind: 'heat'; readonly heat: Heat }
export type FilmAnswer = PrepareAnswer | ClassifyAnswer | HeatAnswer
