import { setTimeout as delay } from 'node:timers/promises'
import { backlogOf } from '../../src/roles/measure-offsets.ts'
import { systemCodeOf } from '../../src/runtime/errors.ts'
import type { FaultKind, PlannedFault } from './faults.ts'
import type { Arena, Position } from './run-engine.ts'
import { untilWhole } from './until-whole.ts'

/** What one fault did. */
export type Inflicted = {
  readonly kind: FaultKind
  /**
   * Milliseconds from the fault until every film that was in Kafka when it came, or came within a second after it,
   * had been screened and stored; undefined where that did not happen within the limit.
   */
  readonly recoveryMs: number | undefined
  /** Whether every process took part in its group when it came. */
  readonly metWhole: boolean
}

export type InflictOptions = {
  readonly freezeMs: number
  readonly recoveryLimitMs: number
  readonly onProgress: (message: string) => void
}

const usualScreening = 2
/** Longest wait for the groups to settle; the next fault then comes upon an engine that has not. */
export const wholeLimitMs = 45_000
const mostScreening = 3
/** Longer than any session, retention check or time-out, shorter than the hour by which records may be ahead of a broker. */
const clockJumpS = 3000

/** Lets a frozen process go on; supervision may have ended it in the meantime and started another. */
const thaw = (pid: number): void => {
  try {
    process.kill(pid, 'SIGCONT')
  } catch (error) {
    if (systemCodeOf(error) !== 'ESRCH') throw error
  }
}

/** Resolves when another process has taken the place of one that was ended, or the limit is over. */
const replaced = async (pidOf: () => number, gone: number): Promise<void> => {
  const until = performance.now() + wholeLimitMs
  while (pidOf() === gone && performance.now() < until) await delay(100)
}

/** Begins a fault. What it answers ends it; nothing where it is over at once. */
const begin = async (
  { kind, victim }: PlannedFault,
  arena: Arena,
): Promise<(() => void | Promise<void>) | undefined> => {
  const { processes, proxy, kafkaProxy, ownership } = arena
  const over = undefined
  const now = performance.now()
  switch (kind) {
    case 'kill screening':
      await processes.kill('screen', victim)
      return over
    case 'kill sink':
      await processes.kill('sink', victim)
      return over
    case 'kill kafka':
    case 'freeze kafka': {
      for (const role of ['screen', 'sink'] as const) ownership[role].pause(now)
      const pid = arena.kafkaPid()
      process.kill(pid, kind === 'kill kafka' ? 'SIGKILL' : 'SIGSTOP')
      return kind === 'kill kafka' ? over : () => thaw(pid)
    }
    case 'kill clickhouse':
      process.kill(arena.clickhousePid(), 'SIGKILL')
      return over
    case 'freeze clickhouse': {
      const pid = arena.clickhousePid()
      process.kill(pid, 'SIGSTOP')
      return () => thaw(pid)
    }
    case 'freeze screening':
      return processes.freeze('screen', victim)
    case 'freeze sink':
      return processes.freeze('sink', victim)
    case 'add screening':
      processes.scale('screen', Math.min(mostScreening, processes.wanted('screen') + 1))
      return over
    case 'remove screening':
      await processes.remove('screen', victim)
      return over
    case 'cut kafka connections':
      kafkaProxy.cut()
      return over
    case 'cut clickhouse connections':
      proxy.cut()
      return over
    case 'clickhouse slow':
    case 'clickhouse read-only':
    case 'clickhouse full':
      proxy.become(kind === 'clickhouse slow' ? 'slow' : kind === 'clickhouse full' ? 'full' : 'read-only')
      return () => proxy.become('open')
    case 'clickhouse stops listening': {
      // Old connections go on for a while: the fault is over when supervision has noticed the port and put another in place.
      const pid = arena.clickhousePid()
      await arena.closeClickHouse()
      return () => replaced(arena.clickhousePid, pid)
    }
    case 'clock back':
    case 'clock forward':
      await arena.setClock((kind === 'clock back' ? -1 : 1) * clockJumpS)
      return () => arena.setClock(0)
  }
}

const reaches = (now: ReadonlyMap<number, bigint>, goal: ReadonlyMap<number, bigint>): boolean =>
  [...goal].every(([partition, offset]) => offset === 0n || (now.get(partition) ?? 0n) >= offset)

/** Whether all that was in the log at `before` has been screened, and its verdicts stored. */
const hasOvercome = (before: Position, now: Position): boolean => {
  if (before === undefined || now === undefined) return false
  return (
    [...before.images].every(([lane, goal]) => reaches(now.screened.get(lane) ?? new Map(), goal)) &&
    reaches(now.verdicts.sunk, before.verdicts.end) &&
    reaches(now.receipts.sunk, before.receipts.end)
  )
}

/** Films that came within this time after the fault have to be read, too, before it counts as overcome. */
const firstFilmsMs = 1000

/** A frozen process has to outlive its session; a server that answers badly is met by every batch at once. */
const lastsMs = (kind: FaultKind, freezeMs: number): number =>
  kind.startsWith('freeze') ? freezeMs : freezeMs / 2

const inflict = async (
  fault: PlannedFault,
  arena: Arena,
  options: InflictOptions,
): Promise<Omit<Inflicted, 'metWhole'>> => {
  let before = await arena.position()
  const at = performance.now()
  const end = await begin(fault, arena)
  const isOver =
    end === undefined ? Promise.resolve() : delay(lastsMs(fault.kind, options.freezeMs)).then(end)
  // Somebody waits for it below; until then a failure of it must not end the run.
  isOver.catch(() => {})
  let now: Position
  do {
    await delay(200)
    now = await arena.position()
    if (now !== undefined)
      for (const role of ['screen', 'sink'] as const) arena.ownership[role].resume(performance.now())
    if (performance.now() - at < firstFilmsMs) before = now ?? before
  } while (
    (!hasOvercome(before, now) || performance.now() - at < firstFilmsMs) &&
    performance.now() - at < options.recoveryLimitMs
  )
  const recoveryMs = hasOvercome(before, now) ? Math.round(performance.now() - at) : undefined
  // A fault that lasts ends before the next one comes, also where the engine lives with it.
  await isOver
  return { kind: fault.kind, recoveryMs }
}

/** A fault then finds the engine that it is meant for. */
const untilReady = ({ processes, isWhole }: Arena): Promise<boolean> => {
  processes.scale('screen', Math.max(usualScreening, processes.wanted('screen')))
  return untilWhole(isWhole, wholeLimitMs)
}

/** Inflicts the faults one after the other, each after the one before has been overcome. */
export const inflictFaults = async (
  faults: readonly PlannedFault[],
  arena: Arena,
  options: InflictOptions,
): Promise<readonly Inflicted[]> => {
  const inflicted: Inflicted[] = []
  for (const [index, fault] of faults.entries()) {
    arena.release((index + 1) / faults.length)
    const metWhole = await untilReady(arena)
    await delay(fault.afterMs)
    const position = await arena.position()
    const waiting = position === undefined ? '?' : backlogOf(position).unscreened
    options.onProgress(`fault ${index + 1} of ${faults.length}: ${fault.kind} (${waiting} films wait)`)
    const done = await inflict(fault, arena, options)
    options.onProgress(`  overcome after ${done.recoveryMs ?? '—'} ms`)
    inflicted.push({ ...done, metWhole })
  }
  return inflicted
}
