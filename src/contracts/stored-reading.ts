import type { RecordPosition } from './identifiers.ts'
import type { ModelIdentity, Reading } from './verdict.ts'

/** What one model said of one hip of a film. */
export type StoredReading = {
  /** The name of the hip among those of its film. */
  readonly hip: string
  readonly model: ModelIdentity
  readonly probabilities: Reading['probabilities']
}

/** A film that has a finding, with the readings that are asked for. */
export type StoredFilm = {
  readonly arrivalId: string
  readonly image: RecordPosition
  readonly provider: string
  /** Digest of what found the hips. */
  readonly finder: string
  readonly readings: readonly StoredReading[]
}

/** The current findings of a span of `receivedAt` (from included, to not), page by page. */
export type StoredReadingReader = {
  readonly pages: (scope: {
    readonly from: string
    readonly to: string
    /** `NAME@VERSION`; all models where not given. */
    readonly model?: string | undefined
  }) => AsyncIterable<readonly StoredFilm[]>
}
