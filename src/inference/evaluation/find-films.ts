import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { SetupError } from '../../runtime/errors.ts'
import { type LabelledHip, labelsFile } from './read-labels.ts'

/** A film of the folder with what is known about its hips. */
export type LabelledFilm = { readonly file: string; readonly hips: readonly LabelledHip[] }

/** The films that have labels, in the order of their names, and the names of the files that have none. */
export type FoundFilms = { readonly films: readonly LabelledFilm[]; readonly unlabelled: readonly string[] }

/** Lists the files of a labelled folder; throws SetupError FILM_MISSING where a label has no film. */
export const findFilms = async (folder: string, hips: readonly LabelledHip[]): Promise<FoundFilms> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((file) => file !== labelsFile)
  const present = new Set(files)
  const byFile = Map.groupBy(hips, (hip) => hip.file)
  const missing = [...byFile.keys()].filter((file) => !present.has(file))
  if (missing.length > 0)
    throw new SetupError(
      'FILM_MISSING',
      `${missing.length} labels have no film in ${folder} (first: ${missing[0]})`,
      `add the films, or take their rows out of ${labelsFile}`,
    )
  return {
    films: [...byFile]
      .map(([file, own]) => ({ file, hips: own }))
      .toSorted((a, b) => (a.file < b.file ? -1 : 1)),
    unlabelled: files.filter((file) => !byFile.has(file)).toSorted(),
  }
}
