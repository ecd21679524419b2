import { type GreyFilm, greyAt } from '../../src/imaging/picture/grey-film.ts'

/** The greys of all pixels of a film, row by row. */
export const greysOf = (film: GreyFilm): Uint16Array<ArrayBuffer> =>
  Uint16Array.from({ length: film.words.length }, (_, index) => greyAt(film, index))
