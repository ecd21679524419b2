/** Arrivals of one site and hour with one booking. */
export type LedgerRow = {
  readonly siteId: string
  readonly hour: string
  readonly booking: string
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
  /** By code. */
  readonly deadLettered: Readonly<Record<string, number>>
  readonly duplicates: number
  readonly conflicts: number
  readonly inFlight: number
  readonly lost: number
}

export type Ledger = LedgerCounts & {
  /** Arrivals with more than one current verdict: there must be none. */
  readonly doubled: number
  /** Image records that Kafka holds and screening has not committed yet. */
  readonly unscreenedRecords: number
  /** Screened image records beyond one for each arrival; undefined while the sink is behind. */
  readonly repeatedRecords: number | undefined
  /** Nothing lost, nothing doubled, and no fewer records in Kafka than arrivals in the tables. */
  readonly balanced: boolean
  readonly byClinicHour: readonly ({ readonly siteId: string; readonly hour: string } & LedgerCounts)[]
}

type Facts = Pick<Ledger, 'doubled' | 'unscreenedRecords' | 'repeatedRecords'>

const countOf = (rows: readonly LedgerRow[], booking?: string): number =>
  rows.reduce((sum, row) => (booking === undefined || row.booking === booking ? sum + row.arrivals : sum), 0)

const byReason = (rows: readonly LedgerRow[], booking: string): Record<string, number> => {
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
  inFlight: countOf(rows, 'inFlight'),
  lost: countOf(rows, 'lost'),
})

/** Adds up the ledger, in total and for every clinic and hour. */
export const sumLedger = (rows: readonly LedgerRow[], facts: Facts): Ledger => {
  const total = countsOf(rows)
  const groups = Map.groupBy(rows, (row) => `${row.siteId}\n${row.hour}`)
  return {
    ...total,
    ...facts,
    balanced: total.lost === 0 && facts.doubled === 0 && (facts.repeatedRecords ?? 0) >= 0,
    byClinicHour: [...groups.values()].map((group) => ({
      siteId: group[0]?.siteId ?? '',
      hour: group[0]?.hour ?? '',
      ...countsOf(group),
    })),
  }
}
