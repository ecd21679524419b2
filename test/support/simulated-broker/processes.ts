import { createReadResult } from '../../../src/consumers/read-result.ts'
import { createScreeningLoop } from '../../../src/consumers/screening-loop.ts'
import { createSinkLoop } from '../../../src/consumers/sink-loop.ts'
import type { FilmRecord } from '../../../src/contracts/film-record.ts'
import type { AlarmRaiser, ResultStore } from '../../../src/contracts/ports.ts'
import type { DeadLetterCode } from '../../../src/contracts/reasons.ts'
import { alarmsTopic, imagesTopic, verdictsTopic } from '../../../src/contracts/topics.ts'
import type { Verdict } from '../../../src/contracts/verdict.ts'
import { createByteBudget } from '../../../src/runtime/byte-budget.ts'
import { encodeJsonEvent } from '../../../src/runtime/json-event.ts'
import { createCoalescingPublisher } from '../../../src/runtime/kafka/coalesce.ts'
import type { OutgoingRecord, RecordHandler } from '../../../src/runtime/kafka/types.ts'
import type { Running } from '../../../src/runtime/lifecycle.ts'
import { silentLogger } from '../../../src/runtime/logger.ts'
import { usualLoopDeps } from '../loop-deps.ts'
import type { Lane } from './clock.ts'
import { startSimulatedConsumer } from './consumer.ts'
import { plannedIn, verdictOn } from './films.ts'
import { quietTelemetry } from './quiet-telemetry.ts'
import type { PlannedFilm } from './schedule.ts'
import { sessionTimeoutMs, sinkTopics, stuckAfterMs, type World } from './world.ts'

/** One process of the engine: the real loop, and the library's stand-in that drives it. */
export type SimulatedProcess = Running & {
  readonly lane: Lane
  readonly member: () => string | undefined
  /** Bytes that its budget says are held. */
  readonly heldBytes: () => number
}

const commonOf = (world: World, lane: Lane) => ({
  alarms: alarmRaiserOf(world, lane),
  telemetry: quietTelemetry,
  logger: silentLogger,
  pause: lane.pause,
  every: lane.every,
  ...usualLoopDeps(world.clock.nowMs),
  stuckAfterMs,
  now: () => new Date(world.nowIso()),
})

const alarmRaiserOf = (world: World, lane: Lane): AlarmRaiser => ({
  raise: async (alarm) => {
    world.judge.say(`alarm ${alarm.kind} at ${alarm.scope}`)
    world.judge.alarmed(alarm.kind, alarm.scope)
    const metadata = { id: alarm.alarmId, subject: alarm.scope, source: '/engine', time: alarm.raisedAt }
    const record = encodeJsonEvent(alarmsTopic, alarm.alarmId, metadata, alarm)
    await world.network.request(lane, 'alarm', () => world.broker.append(alarmsTopic.name, record))
  },
})

const readResult = createReadResult({
  engineKey: new Uint8Array(32),
  findKeys: () => [],
  isSynthetic: () => true,
})

const verdictRecord = (verdict: Verdict): OutgoingRecord => {
  const id = verdict.attributed ? verdict.arrivalId : verdict.pointer
  const subject = verdict.attributed ? verdict.eventId : verdict.pointer
  const metadata = { id, subject, source: '/screening', time: verdict.screenedAt }
  return encodeJsonEvent(verdictsTopic, subject, metadata, verdict)
}

const filmOf = (world: World, record: FilmRecord): PlannedFilm | undefined =>
  world.schedule.films[plannedIn(record.headers).index]

/** Answers after the film's own time, and counts the bytes of films that one process has in hand. */
const createScreener = (world: World, lane: Lane) => {
  let films = 0
  let bytes = 0
  const hold = (of: PlannedFilm | undefined, sign: 1 | -1): void => {
    films += sign
    bytes += sign * (of?.bytes ?? 0)
    world.judge.require(
      films <= 1 || bytes <= world.schedule.budgetBytes,
      () => `${bytes} bytes of ${films} films in flight, the budget is ${world.schedule.budgetBytes}`,
    )
  }
  return async (record: FilmRecord): Promise<Verdict> => {
    const film = filmOf(world, record)
    if (film?.kind === 'film' && film.fate === 'breaks') throw new TypeError('a fault of the engine')
    if (film?.kind === 'film' && film.fate === 'hangs') return new Promise(() => {})
    hold(film, 1)
    world.judge.count('films screened')
    try {
      await world.network.request(lane, 'screen', () => {})
      await lane.pause(film?.screenMs ?? 0)
      return verdictOn(world.schedule.films, record, world.nowIso())
    } finally {
      hold(film, -1)
    }
  }
}

const startProcess = (
  world: World,
  lane: Lane,
  group: 'screening' | 'sink',
  loop: RecordHandler & Running,
  heldBytes: () => number,
): SimulatedProcess => {
  const consumer = startSimulatedConsumer({
    ...world,
    lane,
    group: world.groups[group],
    handler: loop,
    topics: group === 'screening' ? [imagesTopic.name] : sinkTopics,
    sessionTimeoutMs,
    fetchRecords: world.schedule.fetchRecords,
    count: world.judge.count,
    onCommitCall: (epoch, current, unowned) => {
      world.judge.require(
        epoch === current,
        () => `${group}: a commit of epoch ${epoch} was sent in epoch ${current}`,
      )
      for (const { topic, partition } of unowned)
        world.judge.breakPromise(`${group}: a commit for ${topic}:${partition}, which is not assigned`)
    },
  })
  return {
    lane,
    heldBytes,
    member: consumer.member,
    stop: async () => {
      await consumer.stop()
      await loop.stop()
    },
  }
}

/** A code that the plan does not know would be a wrong dead letter. */
const giveUp = (world: World, record: FilmRecord, code: DeadLetterCode): Verdict => {
  world.judge.count(`given up: ${code}`)
  const verdict = verdictOn(world.schedule.films, record, world.nowIso())
  const { outcome } = verdict
  world.judge.require(
    outcome.kind === 'deadLettered' && outcome.code === code,
    () => `${code} for a film that should end as ${outcome.kind}`,
  )
  return verdict
}

/** Starts a screening process. */
export const startSimulatedScreening = (world: World): SimulatedProcess => {
  const lane = world.clock.lane()
  const budget = createByteBudget(world.schedule.budgetBytes)
  const publish = createCoalescingPublisher(
    {
      publishMany: (topic, records) =>
        world.network.request(lane, 'publish', () => {
          for (const record of records) {
            world.judge.count('verdicts stored')
            world.broker.append(topic.name, record)
          }
        }),
    },
    verdictsTopic,
  )
  const loop = createScreeningLoop({
    ...commonOf(world, lane),
    screener: {
      screen: createScreener(world, lane),
      giveUp: (record, code) => giveUp(world, record, code),
    },
    publishVerdict: (verdict) => publish(verdictRecord(verdict)),
    budget,
    setAside: world.setAside,
    lane: 'live',
    commitIntervalMs: 500,
  })
  return startProcess(world, lane, 'screening', loop, budget.held)
}

/** Starts a sink process. */
export const startSimulatedSink = (world: World): SimulatedProcess => {
  const lane = world.clock.lane()
  const store: ResultStore = {
    write: async (batch) => {
      world.judge.count('batches written')
      for (const insert of world.store.stagesOf(batch)) await world.network.request(lane, 'write', insert)
    },
  }
  const loop = createSinkLoop({ ...commonOf(world, lane), store, readResult, lingerMs: 300, maxRows: 4 })
  return startProcess(world, lane, 'sink', loop, () => 0)
}
