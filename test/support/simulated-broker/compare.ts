import type { AttributedVerdict } from '../../../src/contracts/verdict.ts'
import { type Expected, verdictText } from './oracle.ts'
import type { SimulatedStore } from './store.ts'

const rankOf = ({ outcome }: AttributedVerdict): number => (outcome.kind === 'finding' ? 0 : 1)
const firstOf = ({ firstImage }: AttributedVerdict): number => Number(firstImage.offset)

/** Bookings as the ledger's SQL makes them from the rows. */
const bookingsIn = (rows: readonly AttributedVerdict[]): Map<string, number> => {
  const bookings = new Map<string, number>()
  for (const row of rows) {
    const alive = rows.filter(
      (other) => other.eventId === row.eventId && other.outcome.kind !== 'deadLettered',
    )
    const [primary] = alive.toSorted((a, b) => rankOf(a) - rankOf(b) || firstOf(a) - firstOf(b))
    const isSame = primary?.contentSha256 === row.contentSha256
    const isPrimary = primary === undefined || primary.arrivalId === row.arrivalId
    const isOvertaken =
      row.outcome.kind === 'rejected' &&
      primary?.outcome.kind === 'finding' &&
      firstOf(row) < firstOf(primary)
    const same = isSame ? 'duplicate' : 'conflict'
    const another = isOvertaken ? 'superseded' : same
    const booking = row.outcome.kind === 'deadLettered' || isPrimary ? row.outcome.kind : another
    bookings.set(booking, (bookings.get(booking) ?? 0) + 1)
  }
  return bookings
}

const textOf = (entries: Iterable<readonly [string, unknown]>): string =>
  [...entries]
    .map(([key, value]) => `${key} = ${String(value)}`)
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join('; ')

const differences = (
  what: string,
  expected: ReadonlyMap<string, unknown>,
  found: ReadonlyMap<string, unknown>,
): string[] =>
  textOf(expected) === textOf(found)
    ? []
    : [`${what}: expected ${textOf(expected) || 'nothing'}, found ${textOf(found) || 'nothing'}`]

const asMap = (keys: ReadonlySet<string>): Map<string, true> => new Map([...keys].map((key) => [key, true]))

/** Findings that stand beside their current verdict, by arrival: one hip each. */
const currentFindings = (store: SimulatedStore): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const verdict of store.verdicts().values())
    for (const row of store.findings().values())
      if (
        row.arrivalId === verdict.arrivalId &&
        verdict.outcome.kind === 'finding' &&
        row.attempt === verdict.attempt &&
        row.image.offset === verdict.image.offset
      )
        counts.set(row.arrivalId, (counts.get(row.arrivalId) ?? 0) + 1)
  return counts
}

/** What the tables say otherwise than the oracle: lost, doubled or wrong. */
export const compare = (expected: Expected, store: SimulatedStore): readonly string[] => {
  const rows = [...store.verdicts().values()]
  const verdicts = new Map(
    rows.map((row) => [row.arrivalId, verdictText(row.attempt, row.image.offset, row.outcome.kind)]),
  )
  const findings = new Map(
    [...expected.verdicts].filter(([, text]) => text.endsWith('finding')).map(([id]) => [id, 1]),
  )
  return [
    ...differences('verdicts', expected.verdicts, verdicts),
    ...differences('findings', findings, currentFindings(store)),
    ...differences('bookings', expected.bookings, bookingsIn(rows)),
    ...differences('unattributed', asMap(expected.unattributed), asMap(store.unattributed())),
    ...differences('image records', asMap(expected.imageRecords), asMap(store.imageRecords())),
    ...(rows.length === verdicts.size ? [] : ['an arrival has two rows']),
  ]
}
