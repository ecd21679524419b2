import { createReadStream, existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { type LibraryFilm, libraryFilmSchema } from '../../src/simulation/history/reading-library.ts'

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    // The last line of a run that was ended is cut off: its film is read again.
    return undefined
  }
}

/** Films that earlier runs have noted, by index; a line that is no film is left out. */
export const readNotes = async (file: string): Promise<Map<number, LibraryFilm>> => {
  const found = new Map<number, LibraryFilm>()
  if (!existsSync(file)) return found
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const film = libraryFilmSchema.safeParse(parsed(line))
    if (film.success) found.set(film.data.index, film.data)
  }
  return found
}
