import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createScreeningLoop } from '../../src/consumers/screening-loop.ts'
import type { FilmRecord } from '../../src/contracts/film-record.ts'
import type { FilmLane } from '../../src/contracts/lane.ts'
import { filmLanes } from '../../src/contracts/topics.ts'
import type { Verdict } from '../../src/contracts/verdict.ts'
import type { ByteBudget } from '../../src/runtime/byte-budget.ts'
import type { ConsumedRecord } from '../../src/runtime/kafka/types.ts'
import { createLaneBudgets } from '../../src/runtime/lane-budgets.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { usualLoopDeps } from '../support/loop-deps.ts'
import { createVirtualClock, type Lane } from '../support/simulated-broker/clock.ts'
import { quietTelemetry } from '../support/simulated-broker/quiet-telemetry.ts'

/** How a film went through screening; instants in milliseconds of the simulated clock. */
type Seen = { readonly index: number; readonly came: number; readonly began: number; readonly ended: number }

type Plan = {
  readonly workers: number
  readonly sharePercent: number
  /** When each live film comes, after the one before, and how long it takes. */
  readonly live: readonly { readonly afterMs: number; readonly screenMs: number }[]
  /** How long each film of the archive takes; all of them wait from the beginning. */
  readonly archiveMs: readonly number[]
}

const recordOf = (lane: FilmLane, index: number, screenMs: number): ConsumedRecord => ({
  topic: filmLanes[lane].name,
  partition: 0,
  offset: BigInt(index),
  timestampMs: 0,
  key: 'k',
  headers: { ce_type: filmLanes[lane].eventType, 'screen-ms': String(screenMs) },
  value: new Uint8Array(10),
})

const verdictOn = ({ position }: FilmRecord): Verdict => {
  const at = '2026-03-10T10:00:00.000Z'
  const outcome = { kind: 'rejected', reason: 'NOT_A_HIP', detail: '' } as const
  return {
    attributed: false,
    pointer: 'p',
    receivedAt: at,
    screenedAt: at,
    attempt: 1,
    image: position,
    outcome,
  }
}

/** As the worker pool does it: one film at a time for each worker, first come, first served. */
const createWorkers = (count: number, time: Lane) => {
  const waiting: (() => void)[] = []
  let free = count
  return async (ms: number, began: () => void): Promise<void> => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    began()
    await time.pause(ms)
    const next = waiting.shift()
    if (next === undefined) free += 1
    else next()
  }
}

/** Runs both loops of a screening process over the same workers until every film has its verdict. */
const run = async ({ workers, sharePercent, live, archiveMs }: Plan) => {
  const clock = createVirtualClock()
  const time = clock.lane()
  const work = createWorkers(workers, time)
  const seen: Record<FilmLane, Seen[]> = { live: [], backfill: [] }
  const came = new Map<string, number>()
  const budgets = createLaneBudgets({ limitBytes: 1e6, slots: workers, yieldingShare: sharePercent / 100 })
  const start = (lane: FilmLane, budget: ByteBudget) => {
    const loop = createScreeningLoop({
      screener: {
        screen: async (film) => {
          let began = 0
          await work(Number(film.headers['screen-ms']), () => {
            began = clock.nowMs()
          })
          const at = came.get(`${lane} ${film.position.offset}`) ?? 0
          seen[lane].push({ index: Number(film.position.offset), came: at, began, ended: clock.nowMs() })
          return verdictOn(film)
        },
        giveUp: verdictOn,
      },
      ...usualLoopDeps(clock.nowMs),
      publishVerdict: async () => {},
      alarms: { raise: async () => {} },
      budget,
      lane,
      telemetry: quietTelemetry,
      logger: silentLogger,
      pause: time.pause,
      every: time.every,
      now: () => new Date(clock.nowMs()),
      commitIntervalMs: 1000,
    })
    const partitions = new Map([[filmLanes[lane].name, [0]]])
    loop.assigned({ epoch: 1, partitions }, { commit: async () => {}, pause: () => {}, resume: () => {} })
    return loop
  }
  const loops = { live: start('live', budgets.leading), backfill: start('backfill', budgets.yielding) }
  const readArchive = async (): Promise<void> => {
    for (const [index, ms] of archiveMs.entries())
      await loops.backfill.accept(recordOf('backfill', index, ms), 1)
  }
  const readLive = async (): Promise<void> => {
    for (const [index, { afterMs, screenMs }] of live.entries()) {
      await time.pause(afterMs)
      came.set(`live ${index}`, clock.nowMs())
      // The loop answers when there is room for the next film; that one must not wait here to have come.
      void loops.live.accept(recordOf('live', index, screenMs), 1)
    }
  }
  void readArchive()
  void readLive()
  const isOver = (): boolean => seen.live.length === live.length && seen.backfill.length === archiveMs.length
  await clock.run(isOver, 1e9)
  assert.ok(isOver(), 'every film of both lanes has its verdict')
  return seen
}

const ms = fc.integer({ min: 1, max: 2000 })
const anyPlan: fc.Arbitrary<Plan> = fc.record({
  workers: fc.integer({ min: 1, max: 4 }),
  sharePercent: fc.constantFrom(1, 5, 20, 50),
  live: fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 3000 }), screenMs: ms }), {
    minLength: 1,
    maxLength: 15,
  }),
  archiveMs: fc.array(ms, { maxLength: 30 }),
})

test('a live film waits for the film of the archive that a worker has in hand, and for no other', async () => {
  await fc.assert(
    fc.asyncProperty(anyPlan, async (plan) => {
      const { live } = await run(plan)
      const longest = Math.max(0, ...plan.archiveMs)
      for (const film of live) {
        const isBehindLive = live.some(({ index, ended }) => index < film.index && ended > film.came)
        const waited = film.began - film.came
        assert.ok(isBehindLive || waited <= longest, `waited ${waited} ms, the longest takes ${longest} ms`)
      }
    }),
    { seed: 4, numRuns: 300 },
  )
})

test('behind live films without an end the archive goes on, within its share', async () => {
  const films = 200
  const { live, backfill } = await run({
    workers: 1,
    sharePercent: 20,
    live: Array.from({ length: films }, () => ({ afterMs: 10, screenMs: 10 })),
    archiveMs: Array.from({ length: films }, () => 10),
  })
  const liveIsOver = Math.max(...live.map(({ ended }) => ended))
  const meanwhile = backfill.filter(({ ended }) => ended <= liveIsOver).length
  assert.ok(meanwhile >= 10 && meanwhile <= films / 4 + 1, `${meanwhile} of ${films + meanwhile}`)
})
