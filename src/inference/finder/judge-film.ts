import type { FilmAttributes } from '../../contracts/film-attributes.ts'
import type { FilmWarning, RejectionReason } from '../../contracts/reasons.ts'
import { type Landmarks, landmarkNames } from '../../contracts/verdict.ts'
import { cropRegion } from '../../imaging/picture/crop-region.ts'
import type { Box, GreyFilm } from '../../imaging/picture/grey-film.ts'
import { filmRangeOf, inspectRegion } from '../../imaging/picture/inspect-region.ts'
import { boxAround } from './box-around.ts'
import { createFindHips, type FindHips, type FoundHip, type FoundHips, type ViewName } from './find-hips.ts'
import { type GatedHip, gateHips, isCutOff, isNoFemur, maySeeLead } from './gate-hips.ts'
import {
  createPlaceLandmarks,
  landmarkScore,
  landmarksOnFilm,
  type PlaceLandmarks,
} from './place-landmarks.ts'
import { readFinderManifest } from './read-finder.ts'
import { createReadMarkers, type ReadMarkers } from './read-markers.ts'
import { settleSides } from './settle-sides.ts'
import { showsBody } from './shows-body.ts'
import { createTellConditions, type TellConditions } from './tell-conditions.ts'

/** A found hip with what header and pixels together say of it. */
export type JudgedHip = FoundHip & {
  /** Whether the image shows a right hip, which is mirrored before it is read. */
  readonly mirror: boolean
  readonly landmarks: Landmarks
  readonly warnings: readonly FilmWarning[]
}

export type JudgedFilm =
  | { readonly kind: 'judged'; readonly hips: readonly JudgedHip[] }
  | { readonly kind: 'refused'; readonly reason: RejectionReason; readonly detail: string }

/** Answers which hips of a film may be read, and with which warnings. */
export type JudgeFilm = (film: GreyFilm, attributes: FilmAttributes) => Promise<JudgedFilm>

/** The networks of a finder, and what it wants of a film. */
export type FinderNetworks = {
  /** Fewest pixels along the shorter side of a film. */
  readonly shortestSidePixels: number
  readonly findHips: FindHips
  /** Edge in pixels of the crops that the next two look at. */
  readonly cropSize: number
  readonly tellConditions: TellConditions
  readonly placeLandmarks: PlaceLandmarks
  readonly readMarkers: ReadMarkers
}

const outsideShare = (box: Box, film: GreyFilm): number => {
  const width = Math.max(0, Math.min(film.columns, box.x + box.width) - Math.max(0, box.x))
  const height = Math.max(0, Math.min(film.rows, box.y + box.height) - Math.max(0, box.y))
  return 1 - (width * height) / (box.width * box.height)
}

const isBeside = (film: GreyFilm, { x, y }: { readonly x: number; readonly y: number }): boolean =>
  x < 0 || y < 0 || x > film.columns || y > film.rows

type Found = Extract<FoundHips, { kind: 'found' }>
type SettledHip = FoundHip & { readonly mirror: boolean }

/** Neither a header nor a letter decides how a crop is turned, unless the image does not say what it shows. */
const settle = async (
  { readMarkers }: FinderNetworks,
  film: GreyFilm,
  { hips, isPelvis }: Found,
  { laterality }: FilmAttributes,
): Promise<SettledHip[]> => {
  const markers = await readMarkers(film)
  const sides = settleSides({ hips, isPelvis, columns: film.columns, laterality, markers })
  return hips.map((hip, at) => {
    const side = sides[at] ?? 'unknown'
    return { ...hip, side, mirror: (hip.side === 'unknown' ? side : hip.side) === 'right' }
  })
}

type InspectedHip = SettledHip & GatedHip & { readonly landmarks: Landmarks }

/** What the networks for crops and the grey levels say of each hip in its box; `score` is that of the landmarks. */
const lookAt = async (
  { cropSize, tellConditions, placeLandmarks }: FinderNetworks,
  film: GreyFilm,
  hips: readonly SettledHip[],
): Promise<InspectedHip[]> => {
  if (hips.length === 0) return []
  const crops = hips.map(({ box, mirror }) => cropRegion(film, box, cropSize, mirror))
  const [told, placed] = [await tellConditions(crops), await placeLandmarks(crops)]
  const range = filmRangeOf(film)
  return hips.flatMap((hip, at) => {
    const inCrop = placed[at]
    if (inCrop === undefined) return []
    const landmarks = landmarksOnFilm(inCrop, hip.box, hip.mirror)
    return {
      ...hip,
      score: landmarkScore(inCrop),
      landmarks,
      outsideShare: outsideShare(hip.box, film),
      reachesBeyond: landmarkNames.some((name) => isBeside(film, landmarks[name])),
      signs: inspectRegion(film, hip.box, range, hip.mirror),
      told: told[at] ?? new Set(),
    }
  })
}

/** Landmarks in a box that fits are as sure as this. */
const sureFrom = 0.9
const looksAgain = 2

/** Looks at each hip, and again in the box that its landmarks ask for where they are not sure. */
const inspect = async (
  networks: FinderNetworks,
  film: GreyFilm,
  hips: readonly SettledHip[],
): Promise<InspectedHip[]> => {
  const best = await lookAt(networks, film, hips)
  let open = [...best.keys()]
  for (let turn = 0; turn < looksAgain; turn += 1) {
    const asked = open.flatMap((at) => {
      const hip = best[at]
      if (hip === undefined || hip.score >= sureFrom || maySeeLead(hip)) return []
      return [{ at, hip: { ...hip, box: boxAround(hip.landmarks, hip.box.width, hip.mirror) } }]
    })
    const again = await lookAt(
      networks,
      film,
      asked.map(({ hip }) => hip),
    )
    open = asked.flatMap(({ at }, index) => {
      const [old, look] = [best[at], again[index]]
      if (look === undefined || old === undefined || look.score <= old.score) return []
      best[at] = look
      return [at]
    })
  }
  return best.map((hip, at) => ({ ...hip, score: Math.min(hip.score, hips[at]?.score ?? 0) }))
}

type Refused = Extract<FoundHips, { kind: 'refused' }>

/** What looks like these follows the maker's processing as well. */
const doubtedViews: readonly (ViewName | undefined)[] = ['child', 'photograph']
/** Two hips as likely as this speak against them. */
const sureHip = 0.9

const isOfAdult = (ageBand: FilmAttributes['ageBand']): boolean => ageBand !== undefined && ageBand !== '0-17'

/** A view that is doubted refuses no film on which two hips are sure and the header gives an adult's age. */
const overruled = ({ view, suspected }: Refused, { ageBand }: FilmAttributes): Found | undefined => {
  const sure = suspected.filter(({ score }) => score >= sureHip)
  if (!doubtedViews.includes(view) || !isOfAdult(ageBand) || sure.length < 2) return undefined
  return { kind: 'found', hips: suspected, suspectsImplants: false, isPelvis: true }
}

/** A film of which lead hides a part looks like something else as a whole: every hip on it tells better. */
const refuse = async (
  networks: FinderNetworks,
  film: GreyFilm,
  { reason, detail, suspected }: Refused,
): Promise<JudgedFilm> => {
  if (suspected.length === 0) return { kind: 'refused', reason, detail }
  const settled = suspected.map((hip) => ({ ...hip, mirror: hip.side === 'right' }))
  const hips = await inspect(networks, film, settled)
  return hips.every(isCutOff)
    ? { kind: 'refused', reason: 'CUT_OFF', detail: 'every hip is cut off' }
    : { kind: 'refused', reason, detail }
}

/** Creates the judge of films: the finder's networks, then the gate with the pixels of each hip. */
export const createJudgeFilm =
  (networks: FinderNetworks): JudgeFilm =>
  async (film, attributes) => {
    const isAdult = isOfAdult(attributes.ageBand)
    if (Math.min(film.rows, film.columns) < networks.shortestSidePixels)
      return {
        kind: 'refused',
        reason: 'TOO_FEW_PIXELS',
        detail: `${film.rows} x ${film.columns} pixels, where the finder wants ${networks.shortestSidePixels}`,
      }
    const told = await networks.findHips(film)
    const found = told.kind === 'refused' ? (overruled(told, attributes) ?? told) : told
    if (found.kind === 'refused') return refuse(networks, film, found)
    const hips = await inspect(networks, film, await settle(networks, film, found, attributes))
    const { warnings, refusal } = gateHips(hips, found.suspectsImplants, isAdult)
    if (refusal !== undefined) return { kind: 'refused', ...refusal }
    const judged = hips.map(({ side, box, score, mirror, landmarks }, index) => ({
      side,
      box,
      score,
      mirror,
      landmarks,
      warnings: warnings[index] ?? [],
    }))
    return { kind: 'judged', hips: judged.filter((hip) => !isNoFemur(hip, hip.warnings, isAdult)) }
  }

/** No network is asked of what shows no body: each would name the view that it resembles most. */
const findInBodies =
  (findHips: FindHips): FindHips =>
  async (film) =>
    showsBody(film)
      ? findHips(film)
      : { kind: 'refused', reason: 'NOT_A_HIP', detail: 'the film shows no body', suspected: [] }

/** Opens the networks of a finder's package. */
export const openFinderNetworks = async (
  folder: string,
  provider: 'cpu' | 'cuda',
): Promise<FinderNetworks> => {
  const { conditions, shortestSidePixels } = await readFinderManifest(folder)
  return {
    shortestSidePixels,
    findHips: findInBodies(await createFindHips(folder, provider)),
    cropSize: conditions.input.size,
    tellConditions: await createTellConditions(folder, provider),
    placeLandmarks: await createPlaceLandmarks(folder, provider),
    readMarkers: await createReadMarkers(folder, provider),
  }
}

/** Opens the judge of films with the networks of a finder's package. */
export const openJudgeFilm = async (folder: string, provider: 'cpu' | 'cuda'): Promise<JudgeFilm> =>
  createJudgeFilm(await openFinderNetworks(folder, provider))
