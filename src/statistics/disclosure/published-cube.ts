import { type NoAnswer, noAnswer } from '../answer.ts'
import { filled, total } from '../inputs/counts.ts'
import { aCount, aFlag, faultInInputs, listOf, optional } from '../inputs/input-rules.ts'

/**
 * A cube of counts: sizes of its dimensions, counts with the last dimension running fastest, and which dimensions are
 * published with a total (all, unless said). Months have none: people do not add up across periods.
 */
export type Cube = {
  readonly sizes: readonly number[]
  readonly counts: ArrayLike<number>
  readonly totals?: readonly boolean[]
}

/**
 * The published table. A dimension with a total has one place more, at index `size`. A line lists places that add up:
 * the parts, and then their total.
 */
export type PublishedTable = {
  readonly sizes: readonly number[]
  /** Places of each dimension, its total included. */
  readonly widths: readonly number[]
  readonly values: Float64Array
  readonly lines: readonly (readonly number[])[]
  /** Lines each place stands in. */
  readonly memberships: readonly (readonly number[])[]
  /** Plain cells that each place adds up; a plain cell lists itself. */
  readonly cells: readonly (readonly number[])[]
  /** Over how many dimensions a place adds up; 0 for a plain cell. */
  readonly depth: Uint8Array
}

/** Says what is wrong with a cube: no dimension, sizes that do not match the counts, not counts, all zero. */
export const faultInCube = (cube: Cube): NoAnswer | undefined => {
  const misfit = faultInInputs(cube, {
    sizes: listOf(aCount),
    counts: listOf(aCount),
    totals: optional(listOf(aFlag)),
  })
  if (misfit) return misfit
  const { sizes, counts, totals } = cube
  if (sizes.length === 0 || sizes.includes(0))
    return noAnswer('empty', 'a cube needs dimensions of one place or more')
  if (totals && totals.length !== sizes.length)
    return noAnswer('invalid-input', 'totals do not match the sizes')
  if (sizes.reduce((all, size) => all * size, 1) !== counts.length)
    return noAnswer('invalid-input', 'counts do not match the sizes')
  return total(counts) === 0 ? noAnswer('empty', 'all counts are zero') : undefined
}

const placeOf = (widths: readonly number[], coordinate: readonly number[]): number =>
  coordinate.reduce((place, at, d) => place * (widths[d] ?? 1) + at, 0)

/** Coordinate of a place in a table of these widths. */
export const coordinateOf = (widths: readonly number[], place: number): number[] => {
  const coordinate = filled(widths.length, 0)
  let rest = place
  for (let d = widths.length - 1; d >= 0; d -= 1) {
    const width = widths[d] ?? 1
    coordinate[d] = rest % width
    rest = Math.floor(rest / width)
  }
  return coordinate
}

/** Every place that a plain cell counts in: itself, and each combination of totals over it. */
const placesAbove = (
  coordinate: readonly number[],
  sizes: readonly number[],
  widths: readonly number[],
): number[] => {
  const reached = coordinate.reduce<number[][]>(
    (starts, at, d) => {
      const size = sizes[d] ?? 0
      const ways = (widths[d] ?? 0) > size ? [at, size] : [at]
      return starts.flatMap((start) => ways.map((way) => [...start, way]))
    },
    [[]],
  )
  return reached.map((at) => placeOf(widths, at))
}

/** Lays out a cube with its totals and the lines that tie them together. */
export const publishTable = (cube: Cube): PublishedTable => {
  const { sizes } = cube
  const widths = sizes.map((size, d) => size + ((cube.totals?.[d] ?? true) ? 1 : 0))
  const places = widths.reduce((all, width) => all * width, 1)
  const values = new Float64Array(places)
  const cells = Array.from({ length: places }, (): number[] => [])
  for (let i = 0; i < cube.counts.length; i += 1) {
    const coordinate = coordinateOf(sizes, i)
    const own = placeOf(widths, coordinate)
    for (const place of placesAbove(coordinate, sizes, widths)) {
      values[place] = (values[place] ?? 0) + (cube.counts[i] ?? 0)
      cells[place]?.push(own)
    }
  }
  const lines: number[][] = []
  const memberships = Array.from({ length: places }, (): number[] => [])
  const depth = new Uint8Array(places)
  for (let place = 0; place < places; place += 1) {
    const coordinate = coordinateOf(widths, place)
    coordinate.forEach((at, d) => {
      if (at !== sizes[d]) return
      depth[place] = (depth[place] ?? 0) + 1
      const parts = Array.from({ length: at }, (_, part) => placeOf(widths, coordinate.with(d, part)))
      for (const member of [...parts, place]) memberships[member]?.push(lines.length)
      lines.push([...parts, place])
    })
  }
  return { sizes, widths, values, lines, memberships, cells, depth }
}
