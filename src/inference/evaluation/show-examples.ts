import type { Landmarks } from '../../contracts/verdict.ts'
import { sha256Of } from '../../runtime/sha256.ts'
import { severityClasses } from '../../statistics/severity/severity-cells.ts'
import { landmarksInCrop } from '../finder/place-landmarks.ts'
import type { ClassifiedHip } from '../pipeline/screening-types.ts'
import type { Heat } from '../workers/film-tasks.ts'
import type { LabelledFilm } from './find-films.ts'
import type { EvaluatedHip } from './run-evaluation.ts'
import type { RunningFilmReader } from './start-film-reader.ts'

/** A hip with the region that the classifier saw, `size * size` grey values; right hips are mirrored. */
export type Example = {
  readonly hip: EvaluatedHip
  readonly size: number
  readonly crop: Uint8Array
  /** In shares of the crop's edge. */
  readonly landmarks?: Landmarks
  /** Where the package looked, where it says so. */
  readonly heat?: Heat
}

const each = 3

/** An order that has nothing to do with class, certainty or name, and is the same each time. */
const lotOf = ({ file, side }: EvaluatedHip): string => sha256Of(`${file}\n${side}`)

const byLot = (a: EvaluatedHip, b: EvaluatedHip): number => (lotOf(a) < lotOf(b) ? -1 : 1)

const certainty = ({ reading }: EvaluatedHip): number => reading.probabilities[reading.densityClass]

/** Of each class: right calls drawn by lot, and the wrong calls of which the package was surest. */
export const chooseExamples = (hips: readonly EvaluatedHip[]): readonly EvaluatedHip[] =>
  severityClasses.flatMap((name) => {
    const own = hips.filter((hip) => hip.densityClass === name).toSorted(byLot)
    const right = own.filter((hip) => hip.reading.densityClass === name)
    const wrong = own.filter((hip) => hip.reading.densityClass !== name)
    return [...right.slice(0, each), ...wrong.toSorted((a, b) => certainty(b) - certainty(a)).slice(0, each)]
  })

const landmarksOf = ({ landmarks, box }: ClassifiedHip): Pick<Example, 'landmarks'> =>
  landmarks === undefined ? {} : { landmarks: landmarksInCrop(landmarks, box) }

/** Reads the films of the chosen hips once more for their regions; an evaluation does not keep thousands of them. */
export const showExamples = async (
  hips: readonly EvaluatedHip[],
  films: readonly LabelledFilm[],
  { read: readFilm, lookAt }: Pick<RunningFilmReader, 'read' | 'lookAt'>,
  size: number,
): Promise<readonly Example[]> => {
  const byFile = new Map(films.map((film) => [film.file, film]))
  const examples = await Promise.all(
    chooseExamples(hips).map(async (hip) => {
      const film = byFile.get(hip.file)
      const found = film === undefined ? undefined : await readFilm(film)
      if (found?.kind !== 'ok') throw new Error('a film that was read cannot be read again')
      const read = found.value.hips.find(({ side }) => side === hip.side)
      const crop = read?.crops.get(size)
      if (read === undefined || crop === undefined) return []
      const heat = lookAt === undefined ? {} : { heat: await lookAt(crop) }
      return [{ hip, size, crop, ...landmarksOf(read), ...heat }]
    }),
  )
  return examples.flat()
}
