import type { DeadLetterCode, RejectionReason } from '../contracts/reasons.ts'
import type { Outcome } from '../runtime/outcome.ts'
import type { RawReading } from './decide.ts'
import type { PreparedFilm } from './screening-types.ts'

/** What a film worker knows from its start. */
export type FilmWorkerData = {
  readonly finderFolder: string
  /** Edge lengths, in pixels, of the crops that the classifiers want. */
  readonly cropSizes: readonly number[]
  readonly provider: 'cpu' | 'cuda'
}

/** Checks, decodes and cuts one film. */
export type PrepareTask = {
  readonly kind: 'prepare'
  readonly bytes: Uint8Array
  readonly expected: { readonly size: number; readonly sha256: string }
}

/** Runs one classifier over crops of its input size, one after the other in `images`. */
export type ClassifyTask = {
  readonly kind: 'classify'
  readonly packageFolder: string
  readonly images: Uint8Array
  readonly count: number
}

export type FilmTask = PrepareTask | ClassifyTask

export type PrepareAnswer = {
  readonly kind: 'prepared'
  readonly outcome: Outcome<PreparedFilm, RejectionReason, DeadLetterCode>
}
export type ClassifyAnswer = {
  readonly kind: 'classified'
  readonly readings: readonly RawReading[]
  readonly provider: string
}
export type FilmAnswer = PrepareAnswer | ClassifyAnswer
