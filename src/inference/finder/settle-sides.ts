import type { FilmAttributes, Side } from '../../contracts/film-attributes.ts'
import type { Box } from '../../imaging/picture/grey-film.ts'
import type { ReadMarker } from './read-markers.ts'

type SidedHip = { readonly side: Side | 'unknown'; readonly box: Box }

/** What is known of the sides of a film's hips. */
export type SideEvidence = {
  /** By the image. */
  readonly hips: readonly SidedHip[]
  readonly isPelvis: boolean
  readonly columns: number
  readonly laterality: FilmAttributes['laterality']
  readonly markers: readonly ReadMarker[]
}

/** So near to the midline, as a share of the film's width, a letter says nothing of a half. */
const nearMidline = 0.05

const other = (side: Side): Side => (side === 'left' ? 'right' : 'left')

const taggedSide = (laterality: FilmAttributes['laterality']): Side[] => {
  if (laterality === 'L') return ['left']
  return laterality === 'R' ? ['right'] : []
}

const middleOf = ({ box }: SidedHip): number => box.x + box.width / 2

/** Which side of the body the left half of the image shows, by each of those that say so. */
const claimsOfHalves = (
  { columns }: SideEvidence,
  midline: number,
  named: readonly { x: number; side: Side }[],
): Set<Side> =>
  new Set(
    named
      .filter(({ x }) => Math.abs(x - midline) >= nearMidline * columns)
      .map(({ x, side }) => (x < midline ? side : other(side))),
  )

/** On a pelvis a letter speaks for the half in which it lies. */
const sidesOfPelvis = (evidence: SideEvidence): (Side | 'unknown')[] => {
  const { hips, columns } = evidence
  const middles = hips.map(middleOf)
  const midline = hips.length === 2 ? ((middles[0] ?? 0) + (middles[1] ?? 0)) / 2 : columns / 2
  const byImage = hips.flatMap((hip) =>
    hip.side === 'unknown' ? [] : [{ x: middleOf(hip), side: hip.side }],
  )
  const byMarker = evidence.markers.map(({ x, letter }) => ({ x, side: letter }))
  if (claimsOfHalves(evidence, midline, byMarker).size === 0) return hips.map(({ side }) => side)
  const [leftHalf, contrary] = claimsOfHalves(evidence, midline, [...byImage, ...byMarker])
  if (leftHalf === undefined || contrary !== undefined) return hips.map(() => 'unknown')
  return middles.map((x) => (x < midline ? leftHalf : other(leftHalf)))
}

/**
 * Which side each hip is of, by the image, the letters on it and, for a single hip, the header's tag. Whoever says
 * nothing is not asked; where two disagree, the sides are unknown.
 */
export const settleSides = (evidence: SideEvidence): readonly (Side | 'unknown')[] => {
  const { hips, isPelvis, laterality, markers } = evidence
  const [only] = hips
  if (only === undefined) return []
  if (hips.length > 1) return sidesOfPelvis(evidence)
  const byFilm = isPelvis ? sidesOfPelvis(evidence) : [only.side, ...markers.map(({ letter }) => letter)]
  const isContrary = isPelvis && only.side !== 'unknown' && byFilm[0] === 'unknown'
  const claims = new Set([...byFilm, ...taggedSide(laterality)].filter((side) => side !== 'unknown'))
  const [side = 'unknown'] = claims
  return [claims.size === 1 && !isContrary ? side : 'unknown']
}
