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

const alarmOf = (ledger: Ledger, now: Date): Alarm => ({
  alarmId: randomUUID(),
  kind: 'ledger-unbalanced',
  severity: 'critical',
  scope: 'engine',
  title: 'the study ledger does not balance',
  raisedAt: now.toISOString(),
  evidence: {
    lost: ledger.lost,
    doubled: ledger.doubled,
    unansweredRecords: ledger.unansweredRecords,
    unsunkVerdicts: ledger.unsunkVerdicts,
    ...Object.fromEntries(ledger.faults.map(({ kind, siteId, count }) => [`${kind} of ${siteId}`, count])),
  },
  runbook: runbookOf('ledger-unbalanced'),
})

/** Looks for which numbers may be missing before an alarm: films of one clinic overtake each other on their way. */
const patientLooks = 10

const gapAlarmOf = ({ siteId, spoolId, missing, highest, ranges }: SpoolNumbers, now: Date): Alarm => ({
  alarmId: randomUUID(),
  kind: 'sequence-gap',
  severity: 'critical',
  scope: siteId,
  title: `${siteId}: films that the clinic acknowledged never came`,
  raisedAt: now.toISOString(),
  evidence: { spool: spoolId, missing, highest, from: ranges[0]?.from ?? 0, to: ranges[0]?.to ?? 0 },
  runbook: runbookOf('sequence-gap'),
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

type SenderFault = { readonly scope: string; readonly title: string; readonly count: number }

/** What somebody does that takes nothing from anybody's count, and that a person must hear of all the same. */
const senderFaultsOf = ({ faults }: Ledger): readonly SenderFault[] => {
  const shared = faults.filter(({ kind }) => kind === 'sharedIds')
  // Whoever forges a receipt chooses the name in it: no alarm may stand under that.
  const forged = faults.filter(({ kind }) => kind === 'unverifiedReceipts')
  const count = forged.reduce((sum, fault) => sum + fault.count, 0)
  const receipts = { scope: 'unregistered senders', title: 'receipts that no clinic has signed', count }
  return [
    ...shared.map(({ siteId, count }) => ({
      scope: siteId,
      title: `${siteId}: arrivals under ids that another clinic used`,
      count,
    })),
    ...(count === 0 ? [] : [receipts]),
  ]
}

/** Answers alarms on senders of whom no look before has found the like. */
const createSenderWatch = () => {
  let known = new Set<string>()
  return (ledger: Ledger, now: Date): readonly Alarm[] => {
    const found = senderFaultsOf(ledger)
    const fresh = found.filter(({ scope }) => !known.has(scope))
    known = new Set(found.map(({ scope }) => scope))
    return fresh.map(({ scope, title, count }) => ({
      alarmId: randomUUID(),
      kind: 'unverified-records',
      severity: 'warning',
      scope,
      title,
      raisedAt: now.toISOString(),
      evidence: { count },
      runbook: runbookOf('unverified-records'),
    }))
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
      ...(looksOutOfBalance === 2 ? [alarmOf(ledger, deps.now())] : []),
      ...dueGaps(ledger.spools).map((spool) => gapAlarmOf(spool, deps.now())),
      ...freshSenders(ledger, deps.now()),
    ]
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
