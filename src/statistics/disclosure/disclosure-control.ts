import { type Answer, answer, noAnswer } from '../answer.ts'
import { aCount, aFlag, faultInInputs, fields, listOf, optional, wholeFrom } from '../inputs/input-rules.ts'
import { auditRevisions, type FeasibleRange, type RevisionPattern } from './disclosure-audit.ts'
import { type Cube, coordinateOf, faultInCube, type PublishedTable, publishTable } from './published-cube.ts'

/**
 * One place of the published table; `coordinate[d]` equal to the size of dimension d means the total over d. Why a place is
 * hidden is not said: a label would tell small counts from those that only cover them.
 */
export type PublishedPlace = {
  readonly coordinate: readonly number[]
  /** Missing where the place is hidden. */
  readonly count?: number
}

/** A cube fit for publication: this and nothing else leaves the house. */
export type ProtectedCube = { readonly places: readonly PublishedPlace[]; readonly hidden: number }

/** What the house keeps of a published revision, so that the next one is audited together with it; never published. */
export type KeptRevision = { readonly cube: Cube; readonly hidden: readonly number[] }

/** A revision to publish, and the record of it to keep. */
export type ProtectedRevision = { readonly published: ProtectedCube; readonly kept: KeptRevision }

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

const keptRules = {
  earlier: listOf(
    fields({
      cube: fields({ sizes: listOf(aCount), counts: listOf(aCount), totals: optional(listOf(aFlag)) }),
      hidden: listOf(aCount),
    }),
  ),
  threshold: wholeFrom(5, 10),
}

/**
 * Protects the next revision of a published cube with all its totals: places that an earlier revision hid and counts below
 * the threshold (zero included) are hidden, then complementary places, until linear programmes over all revisions together
 * show that the feasible range of every hidden place of each is at least the threshold wide. The same input always gives
 * the same pattern. Where the difference to what is out already would tell a hidden count, there is no new revision.
 * Source: Hundepool et al. 2012, Statistical Disclosure Control, chapter 4.
 * No answer: empty, invalid-input (threshold outside 5–10, not counts, another shape than before), cannot-protect.
 */
export const protectRevision = (
  cube: Cube,
  earlier: readonly KeptRevision[],
  threshold: number = usualThreshold,
): Answer<ProtectedRevision> => {
  const fault = faultInCube(cube) ?? faultInInputs({ earlier, threshold }, keptRules)
  if (fault) return fault
  const shapeOf = ({ sizes, totals = [] }: Cube): string => JSON.stringify([sizes, totals])
  if (earlier.some((kept) => shapeOf(kept.cube) !== shapeOf(cube)))
    return noAnswer('invalid-input', 'earlier takes revisions of the same sizes and totals')
  const table = publishTable(cube)
  const before = earlier.map(
    (kept): RevisionPattern => ({
      table: publishTable(kept.cube),
      hidden: new Set(kept.hidden),
    }),
  )
  const hidden = new Set(before.flatMap((kept) => [...kept.hidden]))
  table.values.forEach((value, place) => {
    if (value < threshold) hidden.add(place)
  })
  for (;;) {
    pairUp(table, hidden)
    const narrow = auditRevisions([...before, { table, hidden }], threshold).filter(
      ({ low, high }) => high - low < threshold - 1e-6,
    )
    if (narrow.length === 0)
      return answer({
        published: describe(table, hidden),
        kept: { cube, hidden: [...hidden].sort((a, b) => a - b) },
      })
    if (!widenNarrow(table, hidden, narrow))
      return noAnswer('cannot-protect', `${narrow.length} hidden counts could be worked out`)
  }
}

/**
 * Protects a cube that is published once; whoever will publish it again keeps what `protectRevision` returns.
 * No answer: as `protectRevision`.
 */
export const protectCube = (cube: Cube, threshold: number = usualThreshold): Answer<ProtectedCube> => {
  const found = protectRevision(cube, [], threshold)
  return found.kind === 'no-answer' ? found : answer(found.value.published)
}

const describe = (table: PublishedTable, hidden: ReadonlySet<number>): ProtectedCube => ({
  places: Array.from(table.values, (count, place): PublishedPlace => {
    const coordinate = coordinateOf(table.widths, place)
    return hidden.has(place) ? { coordinate } : { coordinate, count }
  }),
  hidden: hidden.size,
})
