import type { DecodedFilm } from '../decode-film.ts'
import { greyTableOf } from './grey-table.ts'
import { shiftOf } from './stored-values.ts'

/**
 * A film in grey: rows × columns words, and the grey of each, 0 to 65535, in which more attenuation (bone) is brighter.
 * Only what is looked at is looked up: crops and thumbnails of a large film take a fraction of its pixels.
 */
export type GreyFilm = {
  readonly rows: number
  readonly columns: number
  /** May be a view of the file's bytes: it is never written to. */
  readonly words: Uint16Array
  /** A power of two of entries: words beyond it have bits that are no part of the value, and are cut off. */
  readonly greys: Uint16Array
}

/** A rectangle of a film in pixels. */
export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

/** The grey of the pixel at an index; 0 beyond the film. */
export const greyAt = ({ words, greys }: GreyFilm, index: number): number =>
  index < words.length ? (greys[(words[index] ?? 0) & (greys.length - 1)] ?? 0) : 0

/** Every value is its own grey. */
const itself = Uint16Array.from({ length: 65536 }, (_, grey) => grey)

/** A film whose pixels, rows × columns, are grey already. */
export const greyFilmOf = (rows: number, columns: number, pixels: Uint16Array): GreyFilm => ({
  rows,
  columns,
  words: pixels,
  greys: itself,
})

/** The grey of every word: to turn and shift the words of a table is less than those of a film. */
const greysOfWords = ({ header, layout }: DecodedFilm): Uint16Array => {
  const greys = greyTableOf(header)
  const shift = layout === 'values' ? 0 : shiftOf(header)
  if (layout !== 'turned' && shift === 0) return greys
  const table = new Uint16Array(2 ** header.bitsAllocated)
  for (let word = 0; word < table.length; word += 1) {
    const bits = (layout === 'turned' ? ((word & 0xff) << 8) | (word >> 8) : word) >> shift
    table[word] = greys[bits & (greys.length - 1)] ?? 0
  }
  return table
}

/**
 * Turns stored values into grey: modality and VOI look-up tables and a sigmoid window are applied, the range of
 * what comes out fills 16 bits, MONOCHROME1 (or a falling rescale slope) is inverted, padding becomes black. Linear
 * windows and rescaling are not applied: regions are stretched between their own percentiles later, which undoes
 * any linear step and never clips bone.
 */
export const toGreyscale = (film: DecodedFilm): GreyFilm => {
  const { rows, columns, words } = film
  return { rows, columns, words, greys: greysOfWords(film) }
}
