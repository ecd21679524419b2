/** How an arrival is booked. */
export const bookings = [
  'finding',
  'rejected',
  'deadLettered',
  'duplicate',
  'conflict',
  'erased',
  'inFlight',
  'lost',
] as const
export type Booking = (typeof bookings)[number]

/** Arrivals with one booking; site and hour are empty where they were not asked for. */
export type LedgerRow = {
  readonly siteId: string
  readonly hour: string
  readonly booking: Booking
  /** Reason of a rejection or code of a dead letter, else empty. */
  readonly reason: string
  readonly arrivals: number
}

/** What became of arrivals; the parts add up to `received`. */
export type LedgerCounts = {
  readonly received: number
  readonly findings: number
  /** By reason. */
  readonly rejected: Readonly<Record<string, number>>
  /** By code; unreadable records are booked under the site `unattributed`. */
  readonly deadLettered: Readonly<Record<string, number>>
  readonly duplicates: number
  readonly conflicts: number
  /** Erased or retracted on request. */
  readonly erased: number
  /** Received, and by Kafka's offsets still before screening or before the sink. */
  readonly inFlight: number
  /** Received, and neither on the way nor in the tables. */
  readonly lost: number
}

/** Counts of a clinic and an hour of `receivedAt` (its start, ISO 8601, UTC). */
export type ClinicHour = LedgerCounts & { readonly siteId: string; readonly hour: string }

/** What is known of records, rather than of arrivals, over the whole engine. */
export type RecordCounts = {
  /** Arrivals with more than one current verdict. */
  readonly doubled: number
  /** Image records that Kafka holds and screening has not committed: they may have no receipt yet. */
  readonly unscreenedRecords: number
  /** Those of them on the backfill lane. */
  readonly unscreenedBackfill: number
  /** Image records that screening has committed and no row answers, be it a redelivery or not. */
  readonly unansweredRecords: number
  /** Verdicts that the sink has still before it; a record without an answer may be among them. */
  readonly unsunkVerdicts: number
}

export type Ledger = LedgerCounts &
  RecordCounts & {
    /** Nothing lost, nothing doubled, and every screened record is answered or still before the sink. */
    readonly balanced: boolean
    /** Where asked, by site and hour. */
    readonly byClinicHour?: readonly ClinicHour[]
  }

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
  erased: countOf(rows, 'erased'),
  inFlight: countOf(rows, 'inFlight'),
  lost: countOf(rows, 'lost'),
})

const hoursOf = (rows: readonly LedgerRow[]): readonly ClinicHour[] =>
  [...Map.groupBy(rows, (row) => `${row.siteId} ${row.hour}`).values()].flatMap((group) =>
    group[0] === undefined ? [] : [{ siteId: group[0].siteId, hour: group[0].hour, ...countsOf(group) }],
  )

/** Adds up the ledger. */
export const sumLedger = (
  facts: RecordCounts & { readonly rows: readonly LedgerRow[]; readonly byClinicHour: boolean },
): Ledger => {
  const { rows, byClinicHour, ...records } = facts
  const total = countsOf(rows)
  const isAnswered = records.unansweredRecords >= 0 && records.unansweredRecords <= records.unsunkVerdicts
  return {
    ...total,
    ...records,
    balanced: total.lost === 0 && records.doubled === 0 && isAnswered,
    ...(byClinicHour ? { byClinicHour: hoursOf(rows) } : {}),
  }
}
