import type { AgeBand } from '../../src/contracts/film-attributes.ts'
import type { FilmWarning } from '../../src/contracts/reasons.ts'
import { cropRegion } from '../../src/imaging/picture/crop-region.ts'
import type { GreyFilm } from '../../src/imaging/picture/grey-film.ts'
import type { FoundHip } from '../../src/inference/finder/find-hips.ts'
import {
  createJudgeFilm,
  type FinderNetworks,
  type JudgedFilm,
} from '../../src/inference/finder/judge-film.ts'
import { isFemur } from '../../src/inference/finder/place-landmarks.ts'
import type { HipSign } from '../../src/inference/packages/model-manifest.ts'
import type { FilmTruth } from './truth.ts'

/** What the networks say of one place where a hip may lie. */
export type MeasuredHip = {
  readonly score: number
  readonly isFemur: boolean
  readonly headConfidence: number
  readonly told: readonly HipSign[]
}

/** What finder and gate make of a film. */
export type MeasuredFilm = {
  readonly truth: FilmTruth
  /** Why it is refused; absent where it is accepted. */
  readonly refusal?: { readonly reason: string; readonly detail: string }
  /** Warnings of each accepted hip. */
  readonly warnings: readonly (readonly FilmWarning[])[]
  readonly wrongSides: number
  /** What the network for views says, where it alone refuses. */
  readonly view: string
  readonly hips: readonly MeasuredHip[]
}

/** The band that a header's age falls into; bands of adults as far as the gate tells them apart. */
export const ageBandOf = (age: number | undefined): AgeBand | undefined => {
  if (age === undefined) return undefined
  if (age < 18) return '0-17'
  if (age < 50) return '18-49'
  return age < 90 ? (`${5 * Math.floor(age / 5)}-${5 * Math.floor(age / 5) + 4}` as AgeBand) : '90+'
}

/** On a film that is not mirrored, a hip further to the left of the image is the right one. */
const wrongSidesOf = (truth: FilmTruth, hips: readonly FoundHip[]): number => {
  const [first, second] = hips.toSorted((a, b) => a.box.x - b.box.x)
  if (first === undefined) return 0
  if (second === undefined) {
    const isContrary =
      first.side !== 'unknown' && truth.readable.length === 1 && !truth.readable.includes(first.side)
    return isContrary ? 1 : 0
  }
  return (first.side === 'left' ? 1 : 0) + (second.side === 'right' ? 1 : 0)
}

const measureHips = async (
  { cropSize, tellConditions, placeLandmarks }: FinderNetworks,
  film: GreyFilm,
  hips: readonly FoundHip[],
): Promise<MeasuredHip[]> => {
  if (hips.length === 0) return []
  const crops = hips.map(({ box, side }) => cropRegion(film, box, cropSize, side === 'right'))
  const [told, placed] = [await tellConditions(crops), await placeLandmarks(crops)]
  return hips.flatMap(({ score }, at) => {
    const landmarks = placed[at]
    if (landmarks === undefined) return []
    return [
      {
        score,
        isFemur: isFemur(landmarks),
        headConfidence: landmarks.head.confidence,
        told: [...(told[at] ?? [])],
      },
    ]
  })
}

/** The gate refuses children by their header before the finder sees a film. */
const judge = async (
  networks: FinderNetworks,
  film: GreyFilm,
  ageBand: AgeBand | undefined,
): Promise<JudgedFilm> => {
  if (ageBand === '0-17') return { kind: 'refused', reason: 'UNDER_18', detail: 'by the age in the header' }
  return createJudgeFilm(networks)(film, ageBand === undefined ? {} : { ageBand })
}

/** Lets the judge of production see a film, then asks each of its networks alone. */
export const measureFilm = async (
  networks: FinderNetworks,
  truth: FilmTruth,
  film: GreyFilm,
  ageBand: AgeBand | undefined,
): Promise<MeasuredFilm> => {
  const judged = await judge(networks, film, ageBand)
  const found = await networks.findHips(film)
  const hips = found.kind === 'found' ? found.hips : found.suspected
  return {
    truth,
    ...(judged.kind === 'refused' ? { refusal: { reason: judged.reason, detail: judged.detail } } : {}),
    warnings: judged.kind === 'judged' ? judged.hips.map(({ warnings }) => warnings) : [],
    wrongSides: wrongSidesOf(truth, hips),
    view: found.kind === 'refused' ? found.detail : found.suspectsImplants ? 'implants' : 'accepted',
    hips: await measureHips(networks, film, hips),
  }
}
