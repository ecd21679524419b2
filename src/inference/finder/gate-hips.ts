import type { FilmWarning, RejectionReason } from '../../contracts/reasons.ts'
import type { RegionSigns } from '../../imaging/picture/inspect-region.ts'
import type { HipSign } from '../packages/model-manifest.ts'
import type { ToldSigns } from './tell-conditions.ts'

/** What the gate knows of a hip that the finder found. */
export type GatedHip = {
  readonly side: 'left' | 'right' | 'unknown'
  /** Share of its box that lies beside the film. */
  readonly outsideShare: number
  /** Whether one of its landmarks lies beside the film. */
  readonly reachesBeyond: boolean
  /** What its grey levels say. */
  readonly signs: RegionSigns
  /** What the network for conditions says. */
  readonly told: ToldSigns
  /** How sure the finder is of it, 0 to 1. */
  readonly score: number
}

/** What the gate makes of a film's hips: warnings for each in its order, or why none of them can be read. */
export type GateAnswer = {
  readonly warnings: readonly (readonly FilmWarning[])[]
  readonly refusal?: { readonly reason: RejectionReason; readonly detail: string }
}

/** How much of a box may lie outside of the film, or behind the collimator, before the femur counts as cut off. */
const outsideLimit = 0.12

/**
 * Where the lines lie between sound hips and others on simulated films: metal covers 6 to 21 % of a femur and stands
 * apart from bone, thick bone reaches 4 % of it and does not; noise is up to 3.4 % of the range of a hip, with a 250th
 * of the quanta 5.7 % and more.
 */
const limits = {
  implant: { share: 0.05, gap: 0.33 },
  metal: { share: 0.015, gap: 0.1 },
  noise: 0.045,
  clipped: 0.3,
}

/**
 * A wrong dose shows in the physics: quanta too few, or a scale that ends within the hip. Where neither is near, fine
 * detail is the maker's processing, whatever the network takes it for (sound hips: noise .022, black .012 at most).
 */
const dose = { noise: 0.03, clipped: 0.08 }

const metalWarning = ({ opaqueShare, gapDepth }: RegionSigns): FilmWarning[] => {
  const isBeyond = ({ share, gap }: { share: number; gap: number }): boolean =>
    opaqueShare >= share && gapDepth <= gap
  if (isBeyond(limits.implant)) return ['IMPLANT_IN_HIP']
  return isBeyond(limits.metal) ? ['METAL_NEAR_HIP'] : []
}

const warningFor: Readonly<Record<HipSign, FilmWarning>> = {
  fracture: 'FRACTURE_IN_HIP',
  implant: 'IMPLANT_IN_HIP',
  cement: 'CEMENT_IN_HIP',
  object: 'OBJECT_OVER_REGION',
  cutOff: 'CUT_OFF_HIP',
  exposure: 'POOR_EXPOSURE',
}

/**
 * Sound hips score .99 on simulated films and most real ones .8 and more, knees and other parts .04 at most. Between them
 * lie hips from the side and those of children, which no network tells surely from adults': where the header gives no
 * adult's age, more is asked for.
 */
const femurFrom = { adult: 0.75, unknown: 0.87 } as const

/** Whether nothing hides a hip, and yet its landmarks make no sure femur: none that could be read is there. */
export const isNoFemur = (
  { score }: Pick<GatedHip, 'score'>,
  warnings: readonly FilmWarning[],
  isAdult: boolean,
): boolean =>
  score < (isAdult ? femurFrom.adult : femurFrom.unknown) &&
  warnings.every((warning) => warning === 'SIDE_IN_DOUBT')

const isBesideFilm = ({ outsideShare, reachesBeyond }: GatedHip): boolean =>
  reachesBeyond || outsideShare > outsideLimit

/** Whether the film's edge cuts a hip off, or lead that grey levels and network agree on. */
export const isCutOff = (hip: GatedHip): boolean =>
  isBesideFilm(hip) || (hip.signs.blankShare > outsideLimit && hip.told.has('cutOff'))

/** Whether lead may hide a part of a hip: another box would only leave it out. */
export const maySeeLead = ({ signs, told }: Pick<GatedHip, 'signs' | 'told'>): boolean =>
  signs.blankShare > outsideLimit || told.has('cutOff')

const greyWarnings = (hip: GatedHip): FilmWarning[] => {
  const { signs } = hip
  if (signs.blackShare > limits.clipped) return ['POOR_EXPOSURE']
  // Lead of the collimator is as opaque as metal, white, and has no noise: it is looked for first.
  if (isBesideFilm(hip) || signs.blankShare > outsideLimit) return ['CUT_OFF_HIP']
  if (signs.noiseShare > limits.noise || signs.whiteShare > limits.clipped) return ['POOR_EXPOSURE']
  return metalWarning(signs)
}

const mayBeMisexposed = ({ noiseShare, blackShare, whiteShare }: RegionSigns): boolean =>
  noiseShare > dose.noise || blackShare > dose.clipped || whiteShare > dose.clipped

/** A hip has the warnings of its grey levels and those of the network: each sees what the other may miss. */
const warningsOf = (hip: GatedHip): FilmWarning[] => {
  const sideWarning: FilmWarning[] = hip.side === 'unknown' ? ['SIDE_IN_DOUBT'] : []
  const told = [...hip.told]
    .filter((sign) => sign !== 'exposure' || mayBeMisexposed(hip.signs))
    .map((sign) => warningFor[sign])
  return [...new Set([...sideWarning, ...greyWarnings(hip), ...told])]
}

/** Warnings of what the finder may take for an implant. */
const opaque: readonly FilmWarning[] = ['IMPLANT_IN_HIP', 'METAL_NEAR_HIP', 'OBJECT_OVER_REGION']

/** Warnings that refuse the film where every hip has one of them. */
const refusals: readonly (readonly [readonly FilmWarning[], RejectionReason, string])[] = [
  // Lead over a femur looks like metal in it, never the other way round: it has a name first.
  [['CUT_OFF_HIP'], 'CUT_OFF', 'every hip is cut off'],
  [
    ['IMPLANT_IN_HIP', 'METAL_NEAR_HIP', 'FRACTURE_IN_HIP', 'CEMENT_IN_HIP'],
    'HIP_UNREADABLE',
    'what was seen in or over every hip keeps it from being read',
  ],
  [['POOR_EXPOSURE'], 'POOR_EXPOSURE', 'noise or clipping hides every hip'],
]

/**
 * Decides hip by hip, so that a sound hip counts beside an implant. The finder sees implants on the film as a whole:
 * where it does and nothing opaque is named in a hip, no hip is believed to be sound. `isAdult`: the header says so.
 */
export const gateHips = (
  hips: readonly GatedHip[],
  suspectsImplants: boolean,
  isAdult: boolean,
): GateAnswer => {
  const warnings = hips.map(warningsOf)
  const hasOneOf = (own: readonly FilmWarning[], some: readonly FilmWarning[]): boolean =>
    own.some((warning) => some.includes(warning))
  for (const [some, reason, detail] of refusals)
    if (warnings.every((own) => hasOneOf(own, some))) return { warnings, refusal: { reason, detail } }
  if (hips.every((hip, at) => isNoFemur(hip, warnings[at] ?? [], isAdult)))
    return {
      warnings,
      refusal: { reason: 'NOT_A_HIP', detail: 'no femur is surely seen where a hip was found' },
    }
  const isNamed = warnings.some((own) => hasOneOf(own, opaque))
  if (!suspectsImplants || isNamed) return { warnings }
  return { warnings, refusal: { reason: 'HIP_UNREADABLE', detail: 'the film looks like: implants' } }
}
