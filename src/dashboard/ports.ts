import type { AlarmLife } from '../contracts/alarm-life.ts'
import type { BaselineCard } from '../contracts/baseline-card.ts'
import type { DeadLetterReader } from '../contracts/dead-letter.ts'
import type { FilmPathReader } from '../contracts/film-path.ts'
import type { LedgerReader } from '../contracts/ledger.ts'
import type { ModelActivation } from '../contracts/model-activation.ts'
import type { RegisteredClinicReader } from '../contracts/registered-clinic.ts'
import type { ReportedChangeReader } from '../contracts/reported-change.ts'
import type { ReportedMonthReader } from '../contracts/reported-month.ts'

/** What the pages read; every reader answers from tables and topics, none changes anything. */
export type DashboardReaders = {
  readonly months: ReportedMonthReader
  readonly changes: ReportedChangeReader
  /** The baseline cards of the packages. */
  readonly cards: () => Promise<readonly BaselineCard[]>
  /** When the monitor looked last; undefined where it never has. */
  readonly lastPass: () => Promise<string | undefined>
  readonly ledger: LedgerReader
  readonly deadLetters: DeadLetterReader
  readonly alarms: (limit: number) => Promise<readonly AlarmLife[]>
  readonly clinics: RegisteredClinicReader
  readonly film: FilmPathReader
  /** Every activation that is known now. */
  readonly activations: () => readonly ModelActivation[]
}
