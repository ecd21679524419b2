import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Reading } from '../../src/contracts/verdict.ts'
import { readFilmHeader } from '../../src/imaging/read-film-header.ts'
import type { FilmReader } from '../../src/inference/evaluation/read-film.ts'
import { sha256Of } from '../../src/runtime/sha256.ts'
import type { SetFilm } from '../../src/simulation/film-set/draw-set-film.ts'
import { setFileBytes } from '../../src/simulation/film-set/set-file.ts'
import type { ImagingCondition } from '../../src/simulation/history/history-film.ts'
import type { LibraryFilm } from '../../src/simulation/history/reading-library.ts'

const rounded = (value: number): number => Number(value.toFixed(6))

const saidOf = ({ probabilities, densityClass, severity, tScore }: Reading) => ({
  probabilities: {
    normal: rounded(probabilities.normal),
    osteopenia: rounded(probabilities.osteopenia),
    osteoporosis: rounded(probabilities.osteoporosis),
  },
  densityClass,
  severity: rounded(severity),
  ...(tScore === undefined ? {} : { tScore: rounded(tScore) }),
})

type Read = Awaited<ReturnType<FilmReader>>

/** The hip that votes, by the rule of prevalence: left, or right where the left has no vote; else the first that was read. */
const votingHip = (found: Extract<Read, { kind: 'ok' }>['value']) => {
  const sided = found.hips.toSorted((a, b) => (a.side < b.side ? -1 : 1))
  const voting = sided.find((hip) => hip.eligible && hip.side !== 'unknown')
  return { hip: voting ?? sided[0], eligible: voting !== undefined }
}

const outcomeOf = (read: Read): { outcome: LibraryFilm['outcome']; side: string } => {
  if (read.kind === 'rejected') return { outcome: { kind: 'rejected', reason: read.reason }, side: '' }
  if (read.kind !== 'ok') throw new Error(`a simulated film is a dead letter: ${read.code}, ${read.detail}`)
  const { hip, eligible } = votingHip(read.value)
  const { statistics } = read.value
  if (hip === undefined || statistics === undefined) throw new Error('a finding has hips and statistics')
  const readings = hip.readings.map(saidOf)
  return { outcome: { kind: 'finding', eligible, statistics, readings }, side: hip.side }
}

/** What stays of the header: how the film was taken. Age and sex are those of whoever gets the reading. */
const exposureOf = (bytes: Uint8Array): LibraryFilm['attributes'] => {
  const header = readFilmHeader(bytes)
  if (header.kind !== 'ok') throw new Error('the header of a simulated film is complete')
  const { ageBand: _age, sex: _sex, acquisitionDay: _day, ...exposure } = header.value.attributes
  return exposure
}

/** Lets the engine read one drawn film through a file, as production does. */
export const readHistoryFilm = async (
  drawn: SetFilm,
  condition: ImagingCondition,
  where: { readonly folder: string; readonly seed: number; readonly read: FilmReader },
): Promise<LibraryFilm> => {
  const { folder, seed, read } = where
  const file = `film-${drawn.index}.dcm`
  const bytes = await setFileBytes(drawn, 'dicom', seed)
  await writeFile(join(folder, file), bytes)
  const found = await read({ file, hips: [] })
  await rm(join(folder, file), { force: true })
  const { outcome, side } = outcomeOf(found)
  const { person, index } = drawn
  const shown = drawn.film.hips.some((hip) => hip.side === 'left') ? person.left : person.right
  const hip = side === 'left' || side === 'right' ? person[side] : shown
  return {
    index,
    film: sha256Of(bytes),
    condition,
    tScore: rounded(hip.tScore),
    age: person.age,
    sex: person.sex,
    attributes: exposureOf(bytes),
    outcome,
  }
}
