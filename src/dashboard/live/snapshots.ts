import { type ClinicHour, type Ledger, type LedgerCounts } from '../../contracts/ledger.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Releases } from '../disclosure/keep-releases.ts'
import type { DashboardReaders } from '../ports.ts'
import { createRefreshed } from './refreshed.ts'

/** What pages share: each is read once in a while for everybody. */
export const createSnapshots = (deps: {
  readonly readers: DashboardReaders
  readonly releases: Releases
  readonly now: () => Date
  readonly logger: Logger
}) => {
  const { readers, now, logger } = deps
  const refreshed = <Value>(name: string, everyMs: number, read: () => Promise<Value>) =>
    createRefreshed({ name, everyMs, read, now, logger })
  return {
    releases: refreshed('figures', 15_000, async () => deps.releases.release(await readers.months())),
    ledger: refreshed('ledger', 2000, () => readers.ledger.read({ byClinicHour: true })),
    alarms: refreshed('alarms', 3000, () => readers.alarms(500)),
    deadLetters: refreshed('dead letters', 5000, () => readers.deadLetters.list(500)),
    changes: refreshed('changes', 15_000, () => readers.changes()),
    lastPass: refreshed('monitor', 10_000, () => readers.lastPass()),
    clinics: refreshed('clinics', 10_000, () => readers.clinics()),
  }
}
export type Snapshots = ReturnType<typeof createSnapshots>

const addUp = (parts: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> => {
  const total: Record<string, number> = {}
  for (const part of parts)
    for (const [name, count] of Object.entries(part)) total[name] = (total[name] ?? 0) + count
  return total
}

/** Counts of several hours together. */
export const sumHours = (hours: readonly ClinicHour[]): LedgerCounts => {
  const sum = (of: (hour: ClinicHour) => number): number => hours.reduce((all, hour) => all + of(hour), 0)
  return {
    received: sum(({ received }) => received),
    findings: sum(({ findings }) => findings),
    rejected: addUp(hours.map(({ rejected }) => rejected)),
    deadLettered: addUp(hours.map(({ deadLettered }) => deadLettered)),
    duplicates: sum(({ duplicates }) => duplicates),
    conflicts: sum(({ conflicts }) => conflicts),
    superseded: sum(({ superseded }) => superseded),
    erased: sum(({ erased }) => erased),
    inFlight: sum(({ inFlight }) => inFlight),
    lost: sum(({ lost }) => lost),
  }
}

/** The hours of a ledger that are within a scope. */
export const hoursOf = (ledger: Ledger, isMine: (siteId: string) => boolean): readonly ClinicHour[] =>
  (ledger.byClinicHour ?? []).filter(({ siteId }) => isMine(siteId))
