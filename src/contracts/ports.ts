import type { Alarm } from './alarm.ts'
import type { Announcement } from './announcement.ts'
import type { CanaryReading } from './canary-reading.ts'
import type { Command } from './command.ts'
import type { Correction } from './correction.ts'
import type { FilmRecord } from './film-record.ts'
import type { HistoryReading } from './history-reading.ts'
import type { PhantomReading } from './phantom-reading.ts'
import type { Population } from './population.ts'
import type { DeadLetterCode } from './reasons.ts'
import type { Receipt } from './receipt.ts'
import type { ReferenceTest } from './reference-test.ts'
import type { Report } from './report.ts'
import type { Site } from './site.ts'
import type { FinderIdentity, ModelIdentity, Verdict } from './verdict.ts'
import type { Withheld } from './withheld.ts'

/** Turns a record into its verdict. It answers for every record; what it throws is a fault of the engine. */
export type FilmScreener = {
  readonly screen: (record: FilmRecord) => Promise<Verdict>
  /** The dead letter of a record that is not screened, or not any more. */
  readonly giveUp: (record: FilmRecord, code: DeadLetterCode, detail: string) => Verdict
}

/** The site registry. */
export type SiteDirectory = {
  /** The entry of a site that holds at an instant. */
  readonly find: (siteId: string, instant: string) => Site | undefined
  /** Resolves when every entry published until now is known. */
  readonly refresh: () => Promise<void>
}

/** Which model packages serve, by the time a film was received. */
export type ModelSchedule = {
  readonly primaryAt: (receivedAt: string) => ModelIdentity | undefined
  readonly shadowsAt: (receivedAt: string) => readonly ModelIdentity[]
  readonly finderAt: (receivedAt: string) => FinderIdentity | undefined
  /** Resolves when every activation published until now is known. */
  readonly refresh: () => Promise<void>
}

/** Films too large for a record; the address is an opaque reference of an allow-listed store. */
export type BlobStore = {
  readonly put: (bytes: Uint8Array, sha256: string) => Promise<string>
  readonly get: (reference: string) => Promise<Uint8Array | undefined>
}

/** A receipt with the time at which Kafka appended its record: a key of a site is judged at that time. */
export type StoredReceipt = Receipt & { readonly toldAt: string }

/** An entry of the site registry with the time at which it was told: of several of one key the latest counts. */
export type StoredSite = Site & { readonly toldAt: string }

/** Rows of what has been decided; a row that is written again replaces itself. */
export type ResultBatch = {
  readonly receipts: readonly StoredReceipt[]
  readonly verdicts: readonly Verdict[]
  readonly referenceTests: readonly ReferenceTest[]
  readonly corrections: readonly Correction[]
  readonly alarms: readonly Alarm[]
  readonly sites: readonly StoredSite[]
  readonly commands: readonly Command[]
  readonly withheld: readonly Withheld[]
  readonly announcements: readonly Announcement[]
  readonly phantoms: readonly PhantomReading[]
  readonly canaries: readonly CanaryReading[]
  readonly history: readonly HistoryReading[]
  readonly reports: readonly Report[]
  readonly populations: readonly Population[]
}

/** Stores results. It resolves only when ClickHouse has acknowledged every row. */
export type ResultStore = { readonly write: (batch: ResultBatch) => Promise<void> }

/** Tells people. */
export type AlarmRaiser = { readonly raise: (alarm: Alarm) => Promise<void> }
