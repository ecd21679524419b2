import { filmAttributesSchema } from '../contracts/film-attributes.ts'
import type { FilmContentType } from '../contracts/image-event.ts'
import { deidentifyFilm } from '../imaging/deidentify-film.ts'
import type { FilmHeader, ImagingOutcome } from '../imaging/film-header.ts'
import { readFilmHeader } from '../imaging/read-film-header.ts'
import { readIdentity } from '../imaging/read-identity.ts'
import { replacementUidOf } from './identify-film.ts'
import type { GatedFilm, GateFilm } from './receive-film.ts'

const contentTypeOf = (bytes: Uint8Array): FilmContentType => {
  if (bytes[0] === 0x89 && bytes[1] === 0x50) return 'image/png'
  return bytes[0] === 0xff && bytes[1] === 0xd8 ? 'image/jpeg' : 'application/dicom'
}

const refused = (
  bytes: Uint8Array,
  outcome: Exclude<ImagingOutcome<unknown>, { kind: 'ok' }>,
): GatedFilm => ({
  kind: 'refused',
  refusal: outcome.kind === 'rejected' ? outcome.reason : outcome.code,
  contentType: contentTypeOf(bytes),
  identity: readIdentity(bytes),
  attributes: {},
})

const passed = (header: FilmHeader, film: Uint8Array): GatedFilm => ({
  kind: 'passed',
  film,
  contentType: header.contentType,
  identity: header.identity,
  attributes: filmAttributesSchema.parse(header.attributes),
})

/**
 * The gate at the clinic: reads the header, refuses what must not travel, and writes the film anew without
 * anything that names a person. A refused file stays where it is; only its reason goes on.
 */
export const gateFilm: GateFilm = (bytes, keys) => {
  const header = readFilmHeader(bytes)
  if (header.kind !== 'ok') return refused(bytes, header)
  const film = deidentifyFilm(bytes, header.value, { replacementUid: (uid) => replacementUidOf(keys, uid) })
  return film.kind === 'ok' ? passed(header.value, film.value) : refused(bytes, film)
}
