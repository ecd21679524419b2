import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openModelShelf } from '../../inference/classifiers/classifier-shelf.ts'
import { type CutFilm, cutRegions, type Region } from '../../inference/evaluation/cut-regions.ts'
import { findFilms } from '../../inference/evaluation/find-films.ts'
import { createFilmPreparer } from '../../inference/evaluation/read-film.ts'
import { readLabels } from '../../inference/evaluation/read-labels.ts'
import { startFilmPool } from '../../inference/evaluation/start-film-reader.ts'
import { finderOf } from '../../inference/packages/choose-package.ts'
import { finderIdentityOf } from '../../inference/packages/model-manifest.ts'
import { makeFolder } from '../../runtime/make-folder.ts'
import type { Process } from '../open-process.ts'

export type ExportRequest = { readonly data: string; readonly out: string; readonly size: number }

/** What was written and what was left out. */
export type ExportedRegions = Omit<CutFilm, 'regions'> & { readonly films: number; readonly regions: number }

const labelOf = ({ file, person, side, tScore, densityClass, box }: Region) => ({
  file,
  person,
  side,
  tScore,
  class: densityClass,
  box,
})

/**
 * Writes the regions of all labelled hips, one after the other, to `crops.u8`, and what is known about them to
 * `labels.json`, in the order of the films' names: the layout that `training/films.py` reads.
 */
export const exportRegions = async (
  { settings, logger, lifecycle }: Process,
  { data, out, size }: ExportRequest,
  onProgress: (done: number, all: number) => void,
): Promise<ExportedRegions> => {
  const { films } = await findFilms(data, await readLabels(data))
  const { modelsDir, executionProvider: provider, screeningWorkers: workers } = settings
  const finder = finderOf((await openModelShelf(modelsDir, logger)).finder, modelsDir)
  const pool = await startFilmPool({ finder, cropSizes: [size], provider, workers, logger })
  lifecycle.add('film workers', pool.stop)
  const prepare = createFilmPreparer({ pool, folder: data, finder: finderIdentityOf(finder.manifest) })
  await makeFolder(out)
  const crops = await open(join(out, 'crops.u8'), 'w')
  lifecycle.add('crops', () => crops.close())
  const labels: object[] = []
  const cut: CutFilm[] = []
  const together = 2 * workers
  for (let first = 0; first < films.length; first += together) {
    const batch = films.slice(first, first + together)
    for (const film of await Promise.all(batch.map((one) => cutRegions(one, prepare, size)))) {
      for (const region of film.regions) await crops.write(region.crop)
      labels.push(...film.regions.map(labelOf))
      cut.push({ ...film, regions: [] })
    }
    onProgress(Math.min(first + together, films.length), films.length)
  }
  const { name, version } = finder.manifest
  const made = { cropSize: size, finder: `${name}@${version}`, crops: labels, films: [] }
  await writeFile(join(out, 'labels.json'), `${JSON.stringify(made)}\n`)
  return {
    films: films.length,
    regions: labels.length,
    excluded: cut.flatMap((film) => film.excluded),
    rejected: cut.flatMap((film) => film.rejected),
  }
}
