import type { FilmAttributes, Side } from '../../contracts/film-attributes.ts'
import type { FilmWarning } from '../../contracts/reasons.ts'
import type { PreparedHip } from '../pipeline/screening-types.ts'
import type { LabelledHip } from './read-labels.ts'

/** Why a labelled hip is in no table although its film was read. */
export type ExclusionReason = 'HIP_NOT_FOUND' | 'SIDE_NOT_LABELLED' | 'NO_VOTE' | FilmWarning

export type ExcludedHip = { readonly file: string; readonly side?: Side; readonly reason: ExclusionReason }

/** The hip that a label speaks of, or why there is none that counts. */
export type HipMatch<Hip> =
  | { readonly kind: 'matched'; readonly hip: Hip; readonly side: Side }
  | { readonly kind: 'excluded'; readonly excluded: ExcludedHip }

/** A film that shows one hip needs no side in its label. */
const hipOf = <Hip extends PreparedHip>(label: LabelledHip, hips: readonly Hip[]): Hip | ExclusionReason => {
  if (label.side === undefined) {
    const [only, second] = hips
    return only === undefined || second !== undefined ? 'SIDE_NOT_LABELLED' : only
  }
  const match = hips.find((hip) => hip.side === label.side)
  if (match !== undefined) return match
  return hips.some((hip) => hip.side === 'unknown') ? 'SIDE_IN_DOUBT' : 'HIP_NOT_FOUND'
}

/**
 * Finds the hip of a label among those of its film, if the classes apply to it as the engine sees it. An age that nobody
 * wrote down does not exclude: the label says that the hip has a class.
 */
export const matchHip = <Hip extends PreparedHip>(
  label: LabelledHip,
  hips: readonly Hip[],
  { ageBand }: FilmAttributes,
): HipMatch<Hip> => {
  const named = label.side === undefined ? { file: label.file } : { file: label.file, side: label.side }
  const excluded = (reason: ExclusionReason) =>
    ({ kind: 'excluded', excluded: { ...named, reason } }) as const
  const hip = hipOf(label, hips)
  if (typeof hip === 'string') return excluded(hip)
  if (ageBand === '18-49') return excluded('AGE_18_TO_49')
  if (hip.side === 'unknown') return excluded('SIDE_IN_DOUBT')
  if (!hip.eligible) return excluded(hip.warnings[0] ?? 'NO_VOTE')
  return { kind: 'matched', hip, side: hip.side }
}
