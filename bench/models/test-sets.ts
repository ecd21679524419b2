import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFilmSet } from '../../src/simulation/film-set/write-film-set.ts'
import type { World } from '../../src/simulation/films/person.ts'

/** A set of simulated films that no package has learned from. */
export type TestSet = {
  readonly set: 'internal' | 'external'
  readonly world: World
  readonly seed: number
  readonly films: number
  readonly filmSize: number
}

/**
 * The sets of the page. No training command draws films of people with these seeds: a fifth of the study's 3,016 films
 * from people of the development hospital, and as many from clinics outside.
 */
export const testSets = (films: number, filmSize: number): readonly TestSet[] => [
  { set: 'internal', world: 'hospital', seed: 900_001, films, filmSize },
  { set: 'external', world: 'external', seed: 900_002, films, filmSize },
]

/** Draws a set into its folder, unless it is there already: a folder that has labels is complete. */
export const drawTestSet = async (given: TestSet, below: string): Promise<string> => {
  const { set, world, seed, films, filmSize } = given
  const folder = join(below, `${set}-${seed}-${films}-${filmSize}`)
  if (existsSync(join(folder, 'labels.csv'))) return folder
  await rm(folder, { recursive: true, force: true })
  await writeFilmSet({
    folder,
    world,
    seed,
    films,
    filmSize,
    format: 'dicom',
    contactSheet: false,
    onProgress: (written) => {
      if (written % 100 === 0) console.error(`${set}: ${written} of ${films} films drawn`)
    },
  })
  return folder
}
