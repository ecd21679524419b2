import type { DecodedFilm } from './decode-film.ts'
import { greyTableOf } from './grey-table.ts'

/**
 * A film in grey: rows × columns stored values, and the grey of each, 0 to 65535, in which more attenuation (bone) is
 * brighter. Only what is looked at is looked up: crops and thumbnails of a large film take a fraction of its pixels.
 */
export type GreyFilm = {
  readonly rows: number
  readonly columns: number
  /** May be a view of the file's bytes: it is never written to. */
  readonly stored: Uint16Array
  /** A power of two of entries: stored values beyond it have bits that are no part of the value, and are cut off. */
  readonly greys: Uint16Array
}

/** A rectangle of a film in pixels. */
export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

/** The grey of the pixel at an index; 0 beyond the film. */
export const greyAt = ({ stored, greys }: GreyFilm, index: number): number =>
  index < stored.length ? (greys[(stored[index] ?? 0) & (greys.length - 1)] ?? 0) : 0

/** Every value is its own grey. */
const itself = Uint16Array.from({ length: 65536 }, (_, grey) => grey)

/** A film whose pixels, rows × columns, are grey already. */
export const greyFilmOf = (rows: number, columns: number, pixels: Uint16Array): GreyFilm => ({
  rows,
  columns,
  stored: pixels,
  greys: itself,
})

/**
 * Turns stored values into grey: modality and VOI look-up tables and a sigmoid window are applied, the range of
 * what comes out fills 16 bits, MONOCHROME1 (or a falling rescale slope) is inverted, padding becomes black. Linear
 * windows and rescaling are not applied: regions are stretched between their own percentiles later, which undoes
 * any linear step and never clips bone.
 */
export const toGreyscale = (film: DecodedFilm): GreyFilm => {
  const { header, stored, rows, columns } = film
  // Signed values index by their bits, two's complement of as many bits as are stored.
  const bits = new Uint16Array(stored.buffer, stored.byteOffset, stored.length)
  return { rows, columns, stored: bits, greys: greyTableOf(header) }
}
