import type { FilmAttributes } from '../contracts/film-attributes.ts'
import type { FilmWarning, RejectionReason } from '../contracts/reasons.ts'
import type { Box, GreyFilm } from '../imaging/grey-film.ts'
import { filmRangeOf, inspectRegion } from '../imaging/inspect-region.ts'
import { createFindHips, type FindHips, type FoundHip } from './find-hips.ts'
import { gateHips } from './gate-hips.ts'
import { createTellConditions, type TellConditions } from './tell-conditions.ts'

/** A found hip with what header and pixels together say of it. */
export type JudgedHip = Omit<FoundHip, 'side'> & {
  readonly side: FoundHip['side']
  /** Whether the image shows a right hip, which is mirrored before it is read; a header never decides that. */
  readonly mirror: boolean
  readonly warnings: readonly FilmWarning[]
}

export type JudgedFilm =
  | { readonly kind: 'judged'; readonly hips: readonly JudgedHip[] }
  | { readonly kind: 'refused'; readonly reason: RejectionReason; readonly detail: string }

/** Answers which hips of a film may be read, and with which warnings. */
export type JudgeFilm = (film: GreyFilm, attributes: FilmAttributes) => Promise<JudgedFilm>

const outsideShare = (box: Box, film: GreyFilm): number => {
  const width = Math.max(0, Math.min(film.columns, box.x + box.width) - Math.max(0, box.x))
  const height = Math.max(0, Math.min(film.rows, box.y + box.height) - Math.max(0, box.y))
  return 1 - (width * height) / (box.width * box.height)
}

/** What the header says of a single hip goes before the image; where the two disagree, the side is in doubt. */
const sideOf = (hip: FoundHip, attributes: FilmAttributes, isOnly: boolean): FoundHip['side'] => {
  const tagged = attributes.laterality === 'L' ? 'left' : attributes.laterality === 'R' ? 'right' : undefined
  if (!isOnly || tagged === undefined) return hip.side
  return hip.side === 'unknown' || hip.side === tagged ? tagged : 'unknown'
}

/** Creates the judge of films: the finder's networks, then the gate with the pixels of each hip. */
export const createJudgeFilm =
  (findHips: FindHips, tellConditions: TellConditions): JudgeFilm =>
  async (film, attributes) => {
    const found = await findHips(film)
    if (found.kind === 'refused') return found
    const range = filmRangeOf(film)
    const isOnly = found.hips.length === 1
    const mirrored = found.hips.map((hip) => ({ ...hip, mirror: hip.side === 'right' }))
    const told = await tellConditions(film, mirrored)
    const hips = mirrored.map((hip, at) => ({
      ...hip,
      side: sideOf(hip, attributes, isOnly),
      outsideShare: outsideShare(hip.box, film),
      signs: inspectRegion(film, hip.box, range, hip.mirror),
      told: told[at] ?? new Set(),
    }))
    const { warnings, refusal } = gateHips(hips, found.suspectsImplants)
    if (refusal !== undefined) return { kind: 'refused', ...refusal }
    const judged = hips.map(({ side, box, score, mirror }, index) => ({
      side,
      box,
      score,
      mirror,
      warnings: warnings[index] ?? [],
    }))
    return { kind: 'judged', hips: judged }
  }

/** Opens the judge of films with the networks of a finder's package. */
export const openJudgeFilm = async (folder: string, provider: 'cpu' | 'cuda'): Promise<JudgeFilm> =>
  createJudgeFilm(await createFindHips(folder, provider), await createTellConditions(folder, provider))
