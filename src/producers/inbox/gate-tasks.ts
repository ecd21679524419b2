import type { FilmNote } from '../../contracts/film-inbox.ts'
import type { GatedFilm } from '../receive-film.ts'
import type { SiteKeys } from '../site-keys.ts'

/** A film of the inbox that a worker thread opens and gates. */
export type GateTask = {
  readonly file: string
  /** The name under which it is sealed. */
  readonly name: string
  readonly sealKey: Uint8Array
  readonly keys: SiteKeys
  readonly note: FilmNote | undefined
  /** Bytes of the file as it came, where only its beginning is kept. */
  readonly tooLargeBytes: number | undefined
}

/** What the gate makes of a film, and by which hash it is known where it has no id. */
export type GatedEntry = { readonly gated: GatedFilm; readonly sha256: string }

/** What the gate says; `sealed` is a film that cannot be opened. */
export type GateAnswer = ({ readonly kind: 'gated' } & GatedEntry) | { readonly kind: 'sealed' }
