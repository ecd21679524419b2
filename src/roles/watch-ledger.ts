import { randomUUID } from 'node:crypto'
import { readLedger } from '../analytics/ledger/read-ledger.ts'
import type { Ledger } from '../analytics/ledger/sum-ledger.ts'
import { type Alarm, runbookOf } from '../contracts/alarm.ts'
import type { AlarmRaiser } from '../contracts/ports.ts'
import { messageOf } from '../runtime/errors.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import { measureOffsets } from './measure-offsets.ts'
import type { Connections } from './open-engine.ts'

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
  },
  runbook: runbookOf('ledger-unbalanced'),
})

/** Looks at the ledger; answers whether this look raised the alarm. */
export type LedgerWatch = Running & { readonly look: () => Promise<boolean> }

/**
 * Raises an alarm when the ledger is out of balance at two looks in a row: a film on its way may show at one, a true
 * fault stays. One alarm for one time out of balance, however long it lasts.
 */
export const startLedgerWatch = (deps: LedgerWatchDeps): LedgerWatch => {
  let looksOutOfBalance = 0
  const look = async (): Promise<boolean> => {
    const ledger = await deps.read()
    looksOutOfBalance = ledger.balanced ? 0 : looksOutOfBalance + 1
    if (looksOutOfBalance !== 2) return false
    const alarm = alarmOf(ledger, deps.now())
    deps.logger.error({ ...alarm.evidence, runbook: alarm.runbook }, alarm.title)
    await deps.alarms.raise(alarm)
    return true
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

/** Reads the ledger of the running engine. */
export const ledgerReader =
  ({ admin, clickhouse }: Pick<Connections, 'admin' | 'clickhouse'>) =>
  async (): Promise<Ledger> =>
    readLedger({ client: clickhouse, offsets: await measureOffsets(admin) })
