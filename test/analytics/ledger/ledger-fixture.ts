import type { LedgerOffsets } from '../../../src/analytics/ledger/ledger-offsets.ts'
import { type ReadLedgerOptions, readLedger } from '../../../src/analytics/ledger/read-ledger.ts'
import { createResultStore } from '../../../src/analytics/stores/result-store.ts'
import type { Ledger } from '../../../src/contracts/ledger.ts'
import type { ResultBatch } from '../../../src/contracts/ports.ts'
import { imagesTopic } from '../../../src/contracts/topics.ts'
import type { TestDatabase } from '../../support/empty-database.ts'
import { batchOf, siteOf } from '../films.ts'

/** How far each loop has come in one partition. */
export type Progress = {
  screened: number
  images?: number
  verdicts?: number
  sunk?: number
  partition?: number
}

/** Offsets of one partition: the sink has everything, unless told otherwise. */
export const reached = ({
  screened,
  images = screened,
  verdicts = screened,
  sunk = verdicts,
  partition = 0,
}: Progress): LedgerOffsets => {
  const of = (offset: number) => new Map([[partition, BigInt(offset)]])
  return {
    screened: new Map([[imagesTopic.name, of(screened)]]),
    images: new Map([[imagesTopic.name, of(images)]]),
    verdicts: { end: of(verdicts), sunk: of(sunk) },
    receipts: { end: of(images), sunk: of(images) },
  }
}

/** Counts of a ledger without arrivals. */
export const nothing = {
  received: 0,
  findings: 0,
  rejected: {},
  deadLettered: {},
  duplicates: 0,
  conflicts: 0,
  superseded: 0,
  erased: 0,
  inFlight: 0,
  lost: 0,
}
/** The counts of a ledger, without the records. */
export const counts = (ledger: Ledger) =>
  Object.fromEntries(Object.keys(nothing).map((key) => [key, ledger[key as keyof Ledger]]))

/** What ledger tests do with a database. */
export const ledgerOf = (database: () => TestDatabase) => ({
  /** Writes results; the clinics that they name are registered, so that their receipts can be checked. */
  write: (some: Partial<ResultBatch>): Promise<void> => {
    const named = [...(some.receipts ?? []), ...(some.verdicts ?? []).filter((verdict) => verdict.attributed)]
    const sites = [...new Set(named.map(({ siteId }) => siteId))].map((id) =>
      siteOf(id, 'south', 'Europe/Lisbon'),
    )
    return createResultStore({ client: database().client }).write(batchOf({ sites, ...some }))
  },
  ledgerAt: (progress: Progress, more: Partial<ReadLedgerOptions> = {}): Promise<Ledger> =>
    readLedger({
      client: database().client,
      offsets: reached(progress),
      ends: async () => reached(progress).images,
      ...more,
    }),
  remove: (table: string, condition: string): Promise<void> =>
    database().client.command(
      `DELETE FROM ${table} WHERE ${condition} SETTINGS lightweight_deletes_sync = 2`,
    ),
})
