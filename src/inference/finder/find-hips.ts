import { join } from 'node:path'
import type { RejectionReason } from '../../contracts/reasons.ts'
import { thumbnailOf } from '../../imaging/picture/crop-region.ts'
import type { Box, GreyFilm } from '../../imaging/picture/grey-film.ts'
import { openFinderNetwork, readFinderManifest } from './read-finder.ts'

/** A hip that the finder network sees; the box is in pixels of the film. */
export type FoundHip = {
  readonly side: 'left' | 'right' | 'unknown'
  readonly box: Box
  /** 0 to 1: how sure the network is that a hip is there. */
  readonly score: number
}

export type FoundHips =
  | {
      readonly kind: 'found'
      readonly hips: readonly FoundHip[]
      /** Whether the film as a whole looks as one with implants does; in which hip is not said. */
      readonly suspectsImplants: boolean
      /** Whether the film is of both hips, also where only one of them is found. */
      readonly isPelvis: boolean
    }
  | {
      readonly kind: 'refused'
      readonly reason: RejectionReason
      readonly detail: string
      /** What the film as a whole looks like; absent where it looks like hips and none was found. */
      readonly view?: ViewName
      /** Where hips would lie if there are any: what hides a part of a film changes what the whole looks like. */
      readonly suspected: readonly FoundHip[]
    }

/** Views in the order of the network's output; the first two are read. */
const views = ['hip', 'pelvis', 'knee', 'chest', 'photograph', 'lateral', 'child', 'implants'] as const
export type ViewName = (typeof views)[number]

const refusals: Readonly<Partial<Record<ViewName, RejectionReason>>> = {
  knee: 'NOT_A_HIP',
  chest: 'NOT_A_HIP',
  photograph: 'NOT_A_HIP',
  lateral: 'NOT_AP_VIEW',
  child: 'OPEN_GROWTH_PLATES',
}

const presentAbove = 0.5
/** A film that is refused is looked at again where a hip is as likely as this. */
const suspectedAbove = 0.1
/** Between these the side of the body is in doubt. */
const sideInDoubt = [0.2, 0.8] as const

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value))

const viewOf = (logits: Float32Array): { readonly view: ViewName; readonly chance: number } => {
  let best = 0
  for (let index = 1; index < views.length; index += 1)
    if ((logits[index] ?? -Infinity) > (logits[best] ?? -Infinity)) best = index
  const highest = logits[best] ?? 0
  const chance = 1 / logits.reduce((sum, logit) => sum + Math.exp(logit - highest), 0)
  return { view: views[best] ?? 'photograph', chance }
}

const sideOf = (leftProbability: number): FoundHip['side'] => {
  if (leftProbability >= sideInDoubt[1]) return 'left'
  return leftProbability <= sideInDoubt[0] ? 'right' : 'unknown'
}

type Raw = { presence: Float32Array; boxes: Float32Array; side: Float32Array; view: Float32Array }

const rawOf = (outputs: Readonly<Record<string, Float32Array>>): Raw => {
  const { presence, boxes, side, view } = outputs as Partial<Raw>
  if (presence === undefined || boxes === undefined || side === undefined || view === undefined)
    throw new Error('the hip finder lacks an output')
  return { presence, boxes, side, view }
}

type Placement = {
  readonly scale: number
  readonly offsetX: number
  readonly offsetY: number
  readonly size: number
}

const boxOf = (boxes: Float32Array, place: number, { scale, offsetX, offsetY, size }: Placement): Box => {
  const [cx = 0, cy = 0, width = 0, height = 0] = boxes.subarray(4 * place, 4 * place + 4)
  const edge = Math.max(4, ((width + height) / 2) * size * scale)
  return {
    x: (cx * size - offsetX) * scale - edge / 2,
    y: (cy * size - offsetY) * scale - edge / 2,
    width: edge,
    height: edge,
  }
}

const hipsOf = (raw: Raw, placement: Placement, above: number): FoundHip[] =>
  [0, 1].flatMap((place) => {
    const score = sigmoid(raw.presence[place] ?? -Infinity)
    if (score < above) return []
    return [{ side: sideOf(sigmoid(raw.side[place] ?? 0)), box: boxOf(raw.boxes, place, placement), score }]
  })

/** Two hips cannot be of the same side; where the network says so, neither side is known. */
const withoutContradiction = (hips: FoundHip[]): FoundHip[] => {
  const [first, second] = hips
  if (first === undefined || second === undefined || first.side !== second.side) return hips
  return hips.map((hip) => ({ ...hip, side: 'unknown' }))
}

export type FindHips = (film: GreyFilm) => Promise<FoundHips>

/** Loads the finder network of a package and answers the function that uses it. */
export const createFindHips = async (folder: string, provider: 'cpu' | 'cuda'): Promise<FindHips> => {
  const { input } = await readFinderManifest(folder)
  const { size } = input
  const session = await openFinderNetwork(join(folder, 'model.onnx'), input, provider)
  return async (film) => {
    const thumbnail = thumbnailOf(film, size)
    const raw = rawOf(await session.run(thumbnail.image, 1))
    const { view, chance } = viewOf(raw.view)
    const reason = refusals[view]
    const hipsAbove = (above: number) => withoutContradiction(hipsOf(raw, { ...thumbnail, size }, above))
    const seen = `the film looks like: ${view} (${Math.round(100 * chance)} %)`
    const refusedFor = (why: RejectionReason, detail: string): FoundHips => ({
      kind: 'refused',
      reason: why,
      detail,
      view,
      suspected: hipsAbove(suspectedAbove),
    })
    if (reason !== undefined) return refusedFor(reason, seen)
    const hips = hipsAbove(presentAbove)
    const suspectsImplants = view === 'implants'
    const isPelvis = view === 'pelvis' || hips.length === 2
    if (hips.length > 0) return { kind: 'found', hips, suspectsImplants, isPelvis }
    return suspectsImplants ? refusedFor('HIP_UNREADABLE', seen) : refusedFor('NOT_A_HIP', 'no hip was found')
  }
}
