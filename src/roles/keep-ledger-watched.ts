import type { Ledger } from '../contracts/ledger.ts'
import type { Telemetry } from '../runtime/telemetry.ts'
import { openLedgerReader } from './measure-offsets.ts'
import type { Connections } from './open-engine.ts'
import type { Process } from './open-process.ts'
import { alarmRaiserOn } from './start-screening.ts'
import { startLedgerWatch } from './watch-ledger.ts'

/** How often the engine looks whether its own ledger balances. */
const ledgerLookMs = 60_000

const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0)

const statesOf = (ledger: Ledger): Readonly<Record<string, number>> => ({
  received: ledger.received,
  finding: ledger.findings,
  rejected: sumOf(ledger.rejected),
  deadLettered: sumOf(ledger.deadLettered),
  inFlight: ledger.inFlight,
  lost: ledger.lost,
  doubled: ledger.doubled,
  missing: ledger.spools.reduce((sum, { missing }) => sum + missing, 0),
})

/** Shows the last look at the ledger as metrics; nothing before the first. */
export const measureLedger = ({ meter }: Pick<Telemetry, 'meter'>, nowMs: () => number) => {
  let last: { readonly ledger: Ledger; readonly atMs: number } | undefined
  const startedMs = nowMs()
  meter.createObservableGauge('analytics_ledger_balanced').addCallback((result) => {
    if (last !== undefined) result.observe(last.ledger.balanced ? 1 : 0)
  })
  meter.createObservableGauge('analytics_ledger_films').addCallback((result) => {
    if (last === undefined) return
    for (const [state, count] of Object.entries(statesOf(last.ledger))) result.observe(count, { state })
  })
  meter
    .createObservableGauge('analytics_ledger_look_seconds')
    .addCallback((result) => result.observe((nowMs() - (last?.atMs ?? startedMs)) / 1000))
  return (ledger: Ledger): Ledger => {
    last = { ledger, atMs: nowMs() }
    return ledger
  }
}

/** Looks at the ledger every minute for as long as the process lives: alarms where it does not balance, and metrics. */
export const keepLedgerWatched = async (
  { lifecycle, logger, telemetry }: Process,
  connections: Connections,
): Promise<void> => {
  const publisher = await connections.kafka.connectPublisher()
  lifecycle.add('ledger alarms', publisher.stop)
  const note = measureLedger(telemetry, () => performance.now())
  const { read } = openLedgerReader(connections)
  const watch = startLedgerWatch({
    read: async () => note(await read()),
    alarms: alarmRaiserOn(publisher),
    logger,
    now: () => new Date(),
    intervalMs: ledgerLookMs,
  })
  lifecycle.add('ledger watch', watch.stop)
}
