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
}

/** What the gate says; `sealed` is a film that cannot be opened. */
export type GateAnswer = { readonly kind: 'gated'; readonly gated: GatedFilm } | { readonly kind: 'sealed' }
