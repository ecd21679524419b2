import { type Answer, answer, noAnswer } from '../answer.ts'
import { auditDisclosure, type FeasibleRange } from './disclosure-audit.ts'
import { type Cube, coordinateOf, faultInCube, type PublishedTable, publishTable } from './published-cube.ts'

/** One place of the published table; `coordinate[d]` equal to the size of dimension d means the total over d. */
export type PublishedPlace = {
  readonly coordinate: readonly number[]
  /** Missing where the place is hidden. */
  readonly count?: number
  readonly hidden?: 'small' | 'complementary'
}

/** A cube fit for publication, with the audit that proves it. */
export type ProtectedCube = {
  readonly places: readonly PublishedPlace[]
  readonly hiddenSmall: number
  readonly hiddenComplementary: number
  /** Least width of the feasible range over all hidden places; Infinity where nothing is hidden. */
  readonly narrowest: number
  readonly audit: readonly (FeasibleRange & { readonly coordinate: readonly number[] })[]
}

/** Counts below the threshold are hidden; settable from 5 to 10. */
export const usualThreshold = 10

/** The shown place whose hiding costs least: plain cells before totals, then the smallest count, then the first. */
const cheapest = (
  table: PublishedTable,
  hidden: ReadonlySet<number>,
  places: readonly number[],
): number | undefined => {
  const cost = (place: number): number => (table.depth[place] ?? 0) * 1e12 + (table.values[place] ?? 0)
  let best: number | undefined
  for (const place of places) {
    if (hidden.has(place)) continue
    if (best === undefined || cost(place) < cost(best)) best = place
  }
  return best
}

/** Hides a second place in every line that has only one: a lone hidden place follows by subtraction. */
const pairUp = (table: PublishedTable, hidden: Set<number>): void => {
  for (let changed = true; changed; ) {
    changed = false
    for (const members of table.lines) {
      let alone = 0
      for (const place of members) if (hidden.has(place)) alone += 1
      if (alone !== 1) continue
      const partner = cheapest(table, hidden, members)
      if (partner === undefined) continue
      hidden.add(partner)
      changed = true
    }
  }
}

/** Hides one more place beside each place whose range is too narrow; says whether it could. */
const widenNarrow = (
  table: PublishedTable,
  hidden: Set<number>,
  narrow: readonly FeasibleRange[],
): boolean => {
  let changed = false
  const touched = new Set<number>()
  for (const { place } of narrow) {
    const lines = table.memberships[place] ?? []
    // A line already widened for another place in this round may have helped this one, too.
    if (lines.some((line) => touched.has(line))) continue
    const partner = cheapest(
      table,
      hidden,
      lines.flatMap((line) => table.lines[line] ?? []),
    )
    if (partner === undefined) continue
    hidden.add(partner)
    for (const line of lines) touched.add(line)
    changed = true
  }
  return changed
}

/**
 * Protects one published cube with all its totals: counts below the threshold (zero included) are hidden, then
 * complementary places, until linear programmes show that the feasible range of every hidden place is at least the
 * threshold wide. The pattern is frozen with the report; the same cube always gives the same pattern.
 * Source: Hundepool et al. 2012, Statistical Disclosure Control, chapter 4.
 * No answer: empty, invalid-input (threshold outside 5–10, not counts), cannot-protect.
 */
export const protectCube = (cube: Cube, threshold: number = usualThreshold): Answer<ProtectedCube> => {
  const fault = faultInCube(cube)
  if (fault) return fault
  if (!Number.isInteger(threshold) || threshold < 5 || threshold > 10)
    return noAnswer('invalid-input', 'the threshold must be a whole number from 5 to 10')
  const table = publishTable(cube)
  const small = new Set<number>()
  table.values.forEach((value, place) => {
    if (value < threshold) small.add(place)
  })
  const hidden = new Set(small)
  for (;;) {
    pairUp(table, hidden)
    const ranges = auditDisclosure(table, hidden, threshold)
    const narrow = ranges.filter(({ low, high }) => high - low < threshold - 1e-6)
    if (narrow.length === 0) return answer(describe(table, small, hidden, ranges))
    if (!widenNarrow(table, hidden, narrow))
      return noAnswer('cannot-protect', `${narrow.length} hidden counts could be worked out`)
  }
}

const describe = (
  table: PublishedTable,
  small: ReadonlySet<number>,
  hidden: ReadonlySet<number>,
  ranges: readonly FeasibleRange[],
): ProtectedCube => ({
  places: Array.from(table.values, (count, place): PublishedPlace => {
    const coordinate = coordinateOf(table.widths, place)
    if (!hidden.has(place)) return { coordinate, count }
    return { coordinate, hidden: small.has(place) ? 'small' : 'complementary' }
  }),
  hiddenSmall: small.size,
  hiddenComplementary: hidden.size - small.size,
  narrowest: ranges.reduce((least, { low, high }) => Math.min(least, high - low), Number.POSITIVE_INFINITY),
  audit: ranges.map((range) => ({ ...range, coordinate: coordinateOf(table.widths, range.place) })),
})
