import { randomUUID } from 'node:crypto'
import { type Alarm, runbookOf } from '../contracts/alarm.ts'
import type { Ledger, SpoolNumbers } from '../contracts/ledger.ts'
import type { AlarmRaiser } from '../contracts/ports.ts'
import { messageOf } from '../runtime/errors.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'

export type LedgerWatchDeps = {
  readonly read: () => Promise<Ledger>
  readonly alarms: AlarmRaiser
  readonly logger: Logger
  readonly now: () => Date
  readonly intervalMs: number
}

type AlarmContent = Pick<Alarm, 'kind' | 'severity' | 'scope' | 'title' | 'evidence'>

const newAlarm = (content: AlarmContent, now: Date): Alarm => ({
  alarmId: randomUUID(),
  ...content,
  raisedAt: now.toISOString(),
  runbook: runbookOf(content.kind),
})

const unbalanced = (ledger: Ledger): AlarmContent => ({
  kind: 'ledger-unbalanced',
  severity: 'critical',
  scope: 'engine',
  title: 'the study ledger does not balance',
  evidence: {
    lost: ledger.lost,
    doubled: ledger.doubled,
    unansweredRecords: ledger.unansweredRecords,
    unsunkVerdicts: ledger.unsunkVerdicts,
    ...Object.fromEntries(ledger.faults.map(({ kind, siteId, count }) => [`${kind} of ${siteId}`, count])),
  },
})

/** Looks for which numbers may be missing before an alarm: films of one clinic overtake each other on their way. */
const patientLooks = 10

const gapOf = ({ siteId, spoolId, missing, highest, ranges }: SpoolNumbers): AlarmContent => ({
  kind: 'sequence-gap',
  severity: 'critical',
  scope: siteId,
  title: `${siteId}: films that the clinic acknowledged never came`,
  evidence: { spool: spoolId, missing, highest, from: ranges[0]?.from ?? 0, to: ranges[0]?.to ?? 0 },
})

/** Notes for how many looks in a row numbers of a spool are missing; answers those of which an alarm is due, once each. */
const createGapWatch = () => {
  const looks = new Map<string, number>()
  return (spools: readonly SpoolNumbers[]): readonly SpoolNumbers[] => {
    const holed = spools.filter(({ missing }) => missing > 0)
    const keys = new Set(holed.map(({ siteId, spoolId }) => `${siteId} ${spoolId}`))
    for (const key of looks.keys()) if (!keys.has(key)) looks.delete(key)
    return holed.filter(({ siteId, spoolId }) => {
      const key = `${siteId} ${spoolId}`
      const seen = (looks.get(key) ?? 0) + 1
      looks.set(key, seen)
      return seen === patientLooks
    })
  }
}

/** What somebody does that takes nothing from anybody's count, and that a person must hear of all the same. */
const senderFaultsOf = ({ faults }: Ledger): readonly AlarmContent[] => {
  const fault = (scope: string, title: string, count: number): AlarmContent => ({
    kind: 'unverified-records',
    severity: 'warning',
    scope,
    title,
    evidence: { count },
  })
  const shared = faults.filter(({ kind }) => kind === 'sharedIds')
  // Whoever forges a receipt chooses the name in it: no alarm may stand under that.
  const forged = faults
    .filter(({ kind }) => kind === 'unverifiedReceipts')
    .reduce((sum, { count }) => sum + count, 0)
  return [
    ...shared.map(({ siteId, count }) =>
      fault(siteId, `${siteId}: arrivals under ids that another clinic used`, count),
    ),
    ...(forged === 0 ? [] : [fault('unregistered senders', 'receipts that no clinic has signed', forged)]),
  ]
}

/** Answers the faults of senders of whom no look before has found the like. */
const createSenderWatch = () => {
  let known = new Set<string>()
  return (ledger: Ledger): readonly AlarmContent[] => {
    const found = senderFaultsOf(ledger)
    const fresh = found.filter(({ scope }) => !known.has(scope))
    known = new Set(found.map(({ scope }) => scope))
    return fresh
  }
}

/** Looks at the ledger; answers whether this look raised an alarm. */
export type LedgerWatch = Running & { readonly look: () => Promise<boolean> }

/**
 * Raises an alarm when the ledger is out of balance at two looks in a row: a film on its way may show at one, a true
 * fault stays. One alarm for one time out of balance, however long it lasts.
 */
export const startLedgerWatch = (deps: LedgerWatchDeps): LedgerWatch => {
  let looksOutOfBalance = 0
  const dueGaps = createGapWatch()
  const freshSenders = createSenderWatch()
  const look = async (): Promise<boolean> => {
    const ledger = await deps.read()
    looksOutOfBalance = ledger.balanced ? 0 : looksOutOfBalance + 1
    const due = [
      ...(looksOutOfBalance === 2 ? [unbalanced(ledger)] : []),
      ...dueGaps(ledger.spools).map(gapOf),
      ...freshSenders(ledger),
    ].map((content) => newAlarm(content, deps.now()))
    for (const alarm of due) {
      const fields = { ...alarm.evidence, scope: alarm.scope, runbook: alarm.runbook }
      deps.logger[alarm.severity === 'critical' ? 'error' : 'warn'](fields, alarm.title)
      await deps.alarms.raise(alarm)
    }
    return due.length > 0
  }
  let last = Promise.resolve()
  const timer = setInterval(() => {
    last = look().then(
      () => {},
      (error: unknown) => deps.logger.warn({ error: messageOf(error) }, 'the ledger could not be read'),
    )
  }, deps.intervalMs)
  return {
    look,
    stop: async () => {
      clearInterval(timer)
      await last
    },
  }
}
