import type { Alarm } from '../contracts/alarm.ts'
import type { BaselineCard } from '../contracts/baseline-card.ts'
import type { LedgerReader } from '../contracts/ledger.ts'
import type { ModelActivation } from '../contracts/model-activation.ts'
import type { DeadLetterReader } from '../contracts/ports.ts'
import type { DomainFigures } from '../contracts/prevalence-figures.ts'
import type { Site } from '../contracts/site.ts'

/** What the monitor says of a region and a month: nobody sees it before small numbers are hidden. */
export type CountedMonth = {
  /** Empty for all regions together. */
  readonly region: string
  /** `YYYY-MM`. */
  readonly month: string
  readonly figures: DomainFigures
}

/** A clinic of the registry, as pages name it. */
export type Clinic = {
  readonly siteId: string
  readonly name: string
  readonly region: string
  readonly domain: Site['domain']
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
  readonly months: () => Promise<readonly CountedMonth[]>
  /** The baseline cards of the packages. */
  readonly cards: () => Promise<readonly BaselineCard[]>
  /** When the monitor looked last; undefined where it never has. */
  readonly lastPass: () => Promise<string | undefined>
  readonly ledger: LedgerReader
  readonly deadLetters: DeadLetterReader
  readonly alarms: (limit: number) => Promise<readonly Alarm[]>
  readonly clinics: () => Promise<readonly Clinic[]>
  readonly film: (arrivalId: string) => Promise<readonly FilmPath[]>
  /** Every activation that is known now. */
  readonly activations: () => readonly ModelActivation[]
}
