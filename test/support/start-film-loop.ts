import { createPlacesSetAside } from '../../src/consumers/places-set-aside.ts'
import { createScreeningLoop } from '../../src/consumers/screening-loop.ts'
import type { Alarm } from '../../src/contracts/alarm.ts'
import type { FilmRecord } from '../../src/contracts/film-record.ts'
import type { DeadLetterCode } from '../../src/contracts/reasons.ts'
import { commandsTopic, imagesTopic } from '../../src/contracts/topics.ts'
import type { Verdict, VerdictOutcome } from '../../src/contracts/verdict.ts'
import { createByteBudget } from '../../src/runtime/byte-budget.ts'
import { encodeJsonEvent } from '../../src/runtime/json-event.ts'
import type { ConsumedRecord } from '../../src/runtime/kafka/types.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { withEngineMac } from '../../src/runtime/vouched-record.ts'
import { usualLoopDeps } from './loop-deps.ts'
import { deadLettered, finding, hipOf, receiptOf, verdictOf } from './results.ts'
import { createVirtualClock } from './simulated-broker/clock.ts'
import { quietTelemetry } from './simulated-broker/quiet-telemetry.ts'

/** A film of a sender at a place of the only topic. */
export const filmAt = (offset: number, siteId = 'a', partition = 0): ConsumedRecord => ({
  topic: imagesTopic.name,
  partition,
  offset: BigInt(offset),
  timestampMs: 0,
  key: 'k',
  headers: { ce_type: imagesTopic.eventType, ce_siteid: siteId },
  value: new Uint8Array(10),
})

const verdictIn = (record: FilmRecord, outcome: VerdictOutcome): Verdict => {
  const { partition, offset } = record.position
  const receipt = receiptOf({ film: offset, partition, offset: Number(offset) })
  return verdictOf({ ...receipt, siteId: record.headers['ce_siteid'] ?? '' }, outcome)
}

const engineKey = Buffer.alloc(32, 7)

export const readWell = (record: FilmRecord): Verdict => verdictIn(record, finding([hipOf('left', 'normal')]))

export const failedWith = (record: FilmRecord, code: DeadLetterCode, detail = ''): Verdict =>
  verdictIn(record, { ...deadLettered, code, detail })

/** A screening loop on a clock that a test turns, with one assignment of two partitions. */
export const startFilmLoop = (screen: (record: FilmRecord) => Promise<Verdict>) => {
  const clock = createVirtualClock()
  const time = clock.lane()
  const published: Verdict[] = []
  const alarms: Alarm[] = []
  const committed = new Map<number, bigint>()
  const paused = new Set<number>()
  const places = createPlacesSetAside({ logger: silentLogger, engineKey })
  const budget = createByteBudget(1e6)
  const loop = createScreeningLoop({
    ...usualLoopDeps(clock.nowMs),
    screener: { screen, giveUp: failedWith },
    setAside: places,
    publishVerdict: async (verdict) => void published.push(verdict),
    alarms: { raise: async (alarm) => void alarms.push(alarm) },
    budget,
    lane: 'live',
    telemetry: quietTelemetry,
    logger: silentLogger,
    pause: time.pause,
    every: time.every,
    now: () => new Date(clock.nowMs()),
    commitIntervalMs: 500,
  })
  const control = {
    commit: async (_epoch: number, offsets: readonly { partition: number; offset: bigint }[]) => {
      for (const { partition, offset } of offsets) committed.set(partition, offset)
    },
    pause: (_topic: string, partition: number) => void paused.add(partition),
    resume: (_topic: string, partition: number) => void paused.delete(partition),
  }
  const assign = (epoch: number): void =>
    loop.assigned({ epoch, partitions: new Map([[imagesTopic.name, [0, 1]]]) }, control)
  assign(1)
  return {
    loop,
    published,
    alarms,
    committed,
    paused,
    budget,
    assign,
    /** Lets so much time pass. */
    pass: (ms: number) => clock.run(() => false, clock.nowMs() + ms),
    setAside: (place: string): void => {
      const [topic = '', partition = '', offset = ''] = place.split(':')
      const commandId = '00000000-0000-4000-8000-000000000000'
      const at = '2026-01-01T00:00:00.000Z'
      const where = { topic, partition: Number(partition), offset }
      const command = { commandId, kind: 'setAside' as const, ...where, who: 'operator', why: 'it hangs', at }
      const metadata = { id: commandId, subject: 'setAside', source: '/commands', time: at }
      const event = encodeJsonEvent(commandsTopic, commandId, metadata, command)
      const { key, headers, value } = withEngineMac(engineKey, commandsTopic, event)
      places.apply({
        topic: commandsTopic.name,
        partition: 0,
        offset: 0n,
        timestampMs: 0,
        key,
        headers,
        value: value ?? new Uint8Array(0),
      })
    },
  }
}

/** The code of a dead letter, else the kind of answer. */
export const codeOf = ({ outcome }: Verdict): string =>
  outcome.kind === 'deadLettered' ? outcome.code : outcome.kind
