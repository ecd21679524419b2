import type { Landmarks } from '../../contracts/verdict.ts'
import type { Box } from '../../imaging/picture/grey-film.ts'

/** Edge of the box around a hip over distances of an average femur: the head's radius, and from the head to the others. */
const edgeOver = { headRadius: 5.96, greaterTrochanter: 2.61, lesserTrochanter: 2.12, shaft: 1.43 } as const

/** Middle of the box from the middle of the head, in shares of its edge: outwards and down. */
const fromHead = { outwards: 2.6 / 14, down: 3.9 / 14 }

const middleOf = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return ((sorted[Math.floor(half - 0.5)] ?? 0) + (sorted[Math.floor(half)] ?? 0)) / 2
}

/** The box, as networks know it, that landmarks on a film ask for; `before` is the edge of the box that they were seen in. */
export const boxAround = (landmarks: Landmarks, before: number, mirror: boolean): Box => {
  const { head, headRadius, greaterTrochanter, lesserTrochanter, shaft } = landmarks
  const away = ({ x, y }: { readonly x: number; readonly y: number }): number =>
    Math.hypot(x - head.x, y - head.y)
  const edge = middleOf([
    edgeOver.headRadius * headRadius,
    edgeOver.greaterTrochanter * away(greaterTrochanter),
    edgeOver.lesserTrochanter * away(lesserTrochanter),
    edgeOver.shaft * away(shaft),
  ])
  // Landmarks that make no sense ask for no box far from the old one.
  const width = Math.min(1.5 * before, Math.max(0.6 * before, edge))
  const x = head.x + (mirror ? -1 : 1) * fromHead.outwards * width - width / 2
  return { x, y: head.y + fromHead.down * width - width / 2, width, height: width }
}
