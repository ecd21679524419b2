/** How an arrival is booked. */
export const bookings = [
  'finding',
  'rejected',
  'deadLettered',
  'duplicate',
  'conflict',
  'superseded',
  'erased',
  'inFlight',
  'lost',
] as const
export type Booking = (typeof bookings)[number]

/** What became of arrivals; the parts add up to `received`. */
export type LedgerCounts = {
  readonly received: number
  readonly findings: number
  /** By reason. */
  readonly rejected: Readonly<Record<string, number>>
  /** By code; records of which nothing is believed are booked under the site `unattributed`. */
  readonly deadLettered: Readonly<Record<string, number>>
  readonly duplicates: number
  readonly conflicts: number
  /** Refusals that a later acceptance has overtaken, and arrivals whose person the clinic has corrected since. */
  readonly superseded: number
  /** Erased or retracted on request. */
  readonly erased: number
  /** Received, and by Kafka's offsets still before screening or before the sink. */
  readonly inFlight: number
  /** Received, and neither on the way nor in the tables. */
  readonly lost: number
}

/** Counts of a clinic and an hour of `receivedAt` (its start, ISO 8601, UTC). */
export type ClinicHour = LedgerCounts & { readonly siteId: string; readonly hour: string }

/**
 * What does not agree with what the clinics signed or with Kafka's log:
 *   misplaced: answered records at places that the log never had; unbacked: verdicts that no record backs; contradicted:
 *   verdicts that say other things than the clinic signed (these unbalance the ledger);
 *   unverifiedReceipts: receipts of missing arrivals that no clinic has signed (they are not counted);
 *   sharedIds: arrivals under an id that another clinic used before (both are counted).
 */
export const ledgerFaultKinds = [
  'misplaced',
  'unbacked',
  'contradicted',
  'unverifiedReceipts',
  'sharedIds',
] as const
export type LedgerFaultKind = (typeof ledgerFaultKinds)[number]

/** Arrivals or records of one fault under the site that they name. */
export type LedgerFault = { readonly kind: LedgerFaultKind; readonly siteId: string; readonly count: number }

/** Numbers of a spool, both included. */
export type NumberRange = { readonly from: number; readonly to: number }

/** What is known of the numbers of one spool of a clinic. */
export type SpoolNumbers = {
  readonly siteId: string
  readonly spoolId: string
  /** The highest number that reached Kafka. */
  readonly highest: number
  /** Numbers below it that never did, and that nobody has accepted: films that were acknowledged at the clinic. */
  readonly missing: number
  /** The first of them. */
  readonly ranges: readonly NumberRange[]
  /** Numbers whose films must not leave the clinic. */
  readonly withheld: number
}

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
  /** People of histories: they were drawn for a demonstration, and no arrival or record counts them. */
  readonly drawnPeople: number
}

export type Ledger = LedgerCounts &
  RecordCounts & {
    /** Nothing lost, nothing doubled, nothing contradicted, and every screened record answered or before the sink. */
    readonly balanced: boolean
    /** What is wrong with what somebody has written; empty where nothing is. */
    readonly faults: readonly LedgerFault[]
    /** The spools of every clinic. */
    readonly spools: readonly SpoolNumbers[]
    /** Where asked, by site and hour. */
    readonly byClinicHour?: readonly ClinicHour[]
  }

export type LedgerScope = {
  readonly siteId?: string | undefined
  /** ISO 8601: `receivedAt` is at or after it. */
  readonly from?: string | undefined
  /** ISO 8601: `receivedAt` is before it. */
  readonly to?: string | undefined
}

/** Reads the study ledger: what became of every arrival, and whether rows agree with Kafka's offsets. */
export type LedgerReader = {
  readonly read: (options?: {
    readonly scope?: LedgerScope
    readonly byClinicHour?: boolean
  }) => Promise<Ledger>
}
