import type { DensityClass } from '../../contracts/verdict.ts'
import type { LabelledFilm } from './find-films.ts'
import { type ExcludedHip, matchHip } from './match-hip.ts'
import type { FilmPreparer } from './read-film.ts'
import type { RejectedFilm } from './run-evaluation.ts'

/** A labelled hip with its region, cut as production cuts it: `size * size` grey values, right hips mirrored. */
export type Region = {
  readonly file: string
  readonly person: string
  readonly side: 'left' | 'right'
  readonly tScore?: number
  readonly densityClass: DensityClass
  /** Pixels of the film: left, top, width, height. */
  readonly box: readonly number[]
  readonly crop: Uint8Array
}

/** What became of one film. */
export type CutFilm = {
  readonly regions: readonly Region[]
  readonly excluded: readonly ExcludedHip[]
  readonly rejected: readonly RejectedFilm[]
}

/** Cuts the labelled hips of one film. */
export const cutRegions = async (
  film: LabelledFilm,
  prepare: FilmPreparer,
  size: number,
): Promise<CutFilm> => {
  const { file, hips: labels } = film
  const prepared = await prepare(film)
  if (prepared.kind !== 'ok') {
    const reason = prepared.kind === 'rejected' ? prepared.reason : prepared.code
    return {
      regions: [],
      excluded: [],
      rejected: [{ file, reason, detail: prepared.detail, hips: labels.length }],
    }
  }
  const { film: found, headers } = prepared.value
  const regions: Region[] = []
  const excluded: ExcludedHip[] = []
  for (const label of labels) {
    const match = matchHip(label, found.hips, headers.ce_attributes)
    if (match.kind === 'excluded') {
      excluded.push(match.excluded)
      continue
    }
    const crop = match.hip.crops.get(size)
    if (crop === undefined) throw new Error(`no region of ${size} px was cut`)
    const { person, tScore, densityClass } = label
    const known = tScore === undefined ? {} : { tScore }
    regions.push({ file, person, side: match.side, ...known, densityClass, box: match.hip.box, crop })
  }
  return { regions, excluded, rejected: [] }
}
