import { readdir, readFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import type { FilmAttributes } from '../../src/contracts/film-attributes.ts'
import { decodeFilm } from '../../src/imaging/decode-film.ts'
import { type GreyFilm, greyAt, greyFilmOf, toGreyscale } from '../../src/imaging/picture/grey-film.ts'
import { readFilmHeader } from '../../src/imaging/read-film-header.ts'

/** Films of a folder and its subfolders by their names without ending. */
export const filmsIn = async (folder: string): Promise<ReadonlyMap<string, string>> => {
  const entries = await readdir(folder, { recursive: true })
  const films = entries.filter((entry) => /\.(dcm|jpe?g|png)$/i.test(entry)).toSorted()
  return new Map(films.map((entry) => [basename(entry, extname(entry)), join(folder, entry)]))
}

/** A film in another size: between four pixels by their distances. */
export const resized = (film: GreyFilm, rows: number, columns: number): GreyFilm => {
  if (film.rows === rows && film.columns === columns) return film
  const pixels = new Uint16Array(rows * columns)
  const along = (index: number, size: number, own: number): readonly [number, number, number] => {
    const at = Math.min(own - 1, Math.max(0, ((index + 0.5) * own) / size - 0.5))
    const first = Math.floor(at)
    return [first, Math.min(own - 1, first + 1), at - first]
  }
  const across = Array.from({ length: columns }, (_, column) => along(column, columns, film.columns))
  for (let row = 0; row < rows; row += 1) {
    const [upper, lower, down] = along(row, rows, film.rows)
    for (const [column, [left, right, share]] of across.entries()) {
      const grey = (line: number, at: number): number => greyAt(film, line * film.columns + at)
      const top = grey(upper, left) * (1 - share) + grey(upper, right) * share
      const bottom = grey(lower, left) * (1 - share) + grey(lower, right) * share
      pixels[row * columns + column] = Math.round(top * (1 - down) + bottom * down)
    }
  }
  return greyFilmOf(rows, columns, pixels)
}

export type ReadFilm =
  | { readonly kind: 'read'; readonly film: GreyFilm; readonly attributes: FilmAttributes }
  | { readonly kind: 'unread'; readonly why: string }

/** Reads a film as production does; `size` restores the shape of a squashed copy. */
export const readFilm = async (
  path: string,
  size: { readonly rows?: number; readonly columns?: number } = {},
): Promise<ReadFilm> => {
  const bytes = await readFile(path)
  const header = readFilmHeader(bytes)
  if (header.kind !== 'ok') return { kind: 'unread', why: JSON.stringify(header) }
  const decoded = await decodeFilm(bytes, header.value)
  if (decoded.kind !== 'ok') return { kind: 'unread', why: JSON.stringify(decoded) }
  const film = toGreyscale(decoded.value)
  const { rows = film.rows, columns = film.columns } = size
  return { kind: 'read', film: resized(film, rows, columns), attributes: header.value.attributes }
}
