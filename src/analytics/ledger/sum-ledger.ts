import type {
  Booking,
  ClinicHour,
  Ledger,
  LedgerCounts,
  LedgerFault,
  LedgerFaultKind,
  RecordCounts,
  SpoolNumbers,
} from '../../contracts/ledger.ts'

/** Arrivals with one booking; site and hour are empty where they were not asked for. */
export type LedgerRow = {
  readonly siteId: string
  readonly hour: string
  readonly booking: Booking
  /** Reason of a rejection or code of a dead letter, else empty. */
  readonly reason: string
  readonly arrivals: number
}

/** Records of one partition: screened without an answer, and verdicts that the sink has before it. */
export type PartitionCounts = { readonly unanswered: number; readonly unsunk: number }

const countOf = (rows: readonly LedgerRow[], booking?: Booking): number =>
  rows.reduce((sum, row) => (booking === undefined || row.booking === booking ? sum + row.arrivals : sum), 0)

const byReason = (rows: readonly LedgerRow[], booking: Booking): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const row of rows)
    if (row.booking === booking) counts[row.reason] = (counts[row.reason] ?? 0) + row.arrivals
  return counts
}

const countsOf = (rows: readonly LedgerRow[]): LedgerCounts => ({
  received: countOf(rows),
  findings: countOf(rows, 'finding'),
  rejected: byReason(rows, 'rejected'),
  deadLettered: byReason(rows, 'deadLettered'),
  duplicates: countOf(rows, 'duplicate'),
  conflicts: countOf(rows, 'conflict'),
  superseded: countOf(rows, 'superseded'),
  erased: countOf(rows, 'erased'),
  inFlight: countOf(rows, 'inFlight'),
  lost: countOf(rows, 'lost'),
})

const hoursOf = (rows: readonly LedgerRow[]): readonly ClinicHour[] =>
  [...Map.groupBy(rows, (row) => `${row.siteId} ${row.hour}`).values()].flatMap((group) =>
    group[0] === undefined ? [] : [{ siteId: group[0].siteId, hour: group[0].hour, ...countsOf(group) }],
  )

/** Faults of which the ledger itself is wrong; the others are told, and count nothing. */
const unbalancing: ReadonlySet<LedgerFaultKind> = new Set(['misplaced', 'unbacked', 'contradicted'])

/** Adds up the ledger. A record without an answer is on its way only where its own partition has verdicts before the sink. */
export const sumLedger = (
  facts: Omit<RecordCounts, 'unansweredRecords' | 'unsunkVerdicts'> & {
    readonly rows: readonly LedgerRow[]
    readonly partitions: readonly PartitionCounts[]
    readonly faults: readonly LedgerFault[]
    readonly spools: readonly SpoolNumbers[]
    readonly byClinicHour: boolean
  },
): Ledger => {
  const { rows, byClinicHour, partitions, ...others } = facts
  const total = countsOf(rows)
  const isAnswered = partitions.every(({ unanswered, unsunk }) => unanswered >= 0 && unanswered <= unsunk)
  const isSound = !others.faults.some(({ kind }) => unbalancing.has(kind))
  return {
    ...total,
    ...others,
    unansweredRecords: partitions.reduce((sum, { unanswered }) => sum + unanswered, 0),
    unsunkVerdicts: partitions.reduce((sum, { unsunk }) => sum + unsunk, 0),
    balanced: total.lost === 0 && others.doubled === 0 && isAnswered && isSound,
    ...(byClinicHour ? { byClinicHour: hoursOf(rows) } : {}),
  }
}
