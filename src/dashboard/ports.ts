import type { Alarm } from '../contracts/alarm.ts'
import type { LedgerReader } from '../contracts/ledger.ts'
import type { ModelActivation } from '../contracts/model-activation.ts'
import type { DeadLetterReader } from '../contracts/ports.ts'
import type { Report } from '../contracts/report.ts'

/** What the engine counts of a region and a month: nobody sees it before small numbers are hidden. */
export type CountedMonth = {
  readonly region: string
  /** `YYYY-MM`. */
  readonly month: string
  readonly domain: 'synthetic' | 'real'
  /** People with a vote. */
  readonly n: number
  readonly counts: Readonly<Record<'normal' | 'osteopenia' | 'osteoporosis', number>>
  /** Of the people with a film of a hip, the share without a vote. */
  readonly unreadableShare: number
  readonly modelDigests: readonly string[]
}

/** A clinic of the registry, as pages name it. */
export type Clinic = {
  readonly siteId: string
  readonly name: string
  readonly region: string
  readonly domain: 'synthetic' | 'real'
}

/** The way of one film through the engine: times, places and digests, never a person or a class. */
export type FilmPath = {
  readonly arrivalId: string
  readonly siteId: string
  readonly receivedAt: string
  readonly sentAt: string
  readonly appendedAt: string
  readonly screenedAt: string
  readonly outcome: string
  readonly reason: string
  readonly attempt: number
  readonly place: string
  readonly contentSha256: string
  readonly contentSize: number
  readonly finder: string
}

/** What the pages read; every reader answers from tables and topics, none changes anything. */
export type DashboardReaders = {
  readonly prevalence: () => Promise<readonly CountedMonth[]>
  readonly ledger: LedgerReader
  readonly deadLetters: DeadLetterReader
  readonly alarms: (limit: number) => Promise<readonly Alarm[]>
  readonly reports: (limit: number) => Promise<readonly Report[]>
  readonly clinics: () => Promise<readonly Clinic[]>
  readonly film: (arrivalId: string) => Promise<readonly FilmPath[]>
  /** Every activation that is known now. */
  readonly activations: () => readonly ModelActivation[]
}
