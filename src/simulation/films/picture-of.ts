import type { GreyPicture } from '../../imaging/codecs/sharp-codec.ts'
import { type GreyFilm, greyFilmOf } from '../../imaging/picture/grey-film.ts'
import type { SimulatedFilm } from './render-film.ts'

const scaledTo = (film: SimulatedFilm, most: number): Uint16Array => {
  const top = 2 ** film.bitsStored - 1
  const isInverted = film.photometric === 'MONOCHROME1'
  return film.pixels.map((value) => Math.round(((isInverted ? top - value : value) * most) / top))
}

/** The film as a viewer saves it: bone bright, all of its values over 8 or 16 bits. */
export const pictureOf = (film: SimulatedFilm, bits: 8 | 16): GreyPicture => ({
  rows: film.rows,
  columns: film.columns,
  values: scaledTo(film, 2 ** bits - 1),
})

/** The film in grey, as decoding it gives it. */
export const greyOf = (film: SimulatedFilm): GreyFilm =>
  greyFilmOf(film.rows, film.columns, scaledTo(film, 65535))
