import type { FilmContentType } from '../contracts/signed-film.ts'
import { deidentifyFilm } from '../imaging/deidentify/deidentify-film.ts'
import { parseDicom } from '../imaging/dicom/parse-dicom.ts'
import { readFilmIdentity } from '../imaging/dicom/read-film-attributes.ts'
import type { FilmHeader, FilmIdentity, ImagingOutcome } from '../imaging/film-header.ts'
import { readFilmHeader } from '../imaging/read-film-header.ts'
import { rejected } from '../runtime/outcome.ts'
import { replacementUidOf } from './identify-film.ts'
import type { GatedFilm, GateFilm } from './receive-film.ts'

const startsWith = (bytes: Uint8Array, start: readonly number[]): boolean =>
  start.every((value, index) => bytes[index] === value)

/** What a file that cannot be read pretends to be; what is no picture was meant as DICOM. */
const contentTypeOf = (bytes: Uint8Array): FilmContentType => {
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47])) return 'image/png'
  return startsWith(bytes, [0xff, 0xd8, 0xff]) ? 'image/jpeg' : 'application/dicom'
}

/** As far as the file can be read at all: a film that is refused is known again when it comes again. */
const identityOf = (bytes: Uint8Array): FilmIdentity => {
  const parsed = parseDicom(bytes)
  return parsed.kind === 'ok' ? readFilmIdentity(parsed.value) : {}
}

/**
 * Fewest pixels along the shorter side of a film that is sent: what the manifest of the shipped finder wants, so that no
 * film travels to be refused. A clinic has no finder; screening asks the one that serves.
 */
export const shortestSidePixels = 160

const isTooSmall = ({ rows, columns }: FilmHeader): boolean => Math.min(rows, columns) < shortestSidePixels

/** What the gate says of a film that stays at the clinic. */
export const refusedFilm = (
  bytes: Uint8Array,
  outcome: Exclude<ImagingOutcome<never>, { kind: 'ok' }>,
): GatedFilm => ({
  kind: 'refused',
  refusal: outcome.kind === 'rejected' ? outcome.reason : outcome.code,
  detail: outcome.detail,
  contentType: contentTypeOf(bytes),
  identity: identityOf(bytes),
  attributes: {},
})

/**
 * The gate at the clinic: reads the header, refuses what must not be scored or cannot be read, and takes out of
 * the rest whatever names a person. A refused file stays where it is; only its reason goes on. New UIDs come from
 * the site's identity key, so the same file gives the same bytes each time.
 */
export const gateFilm: GateFilm = async (bytes, keys) => {
  const header = readFilmHeader(bytes)
  if (header.kind !== 'ok') return refusedFilm(bytes, header)
  const { rows, columns } = header.value
  if (isTooSmall(header.value))
    return refusedFilm(bytes, rejected('TOO_FEW_PIXELS', `${rows} x ${columns} pixels`))
  const film = await deidentifyFilm(bytes, header.value, {
    replacementUid: (uid) => replacementUidOf(keys, uid),
  })
  if (film.kind !== 'ok') return refusedFilm(bytes, film)
  const { contentType, identity, attributes } = header.value
  return { kind: 'passed', film: film.value, contentType, identity, attributes }
}
