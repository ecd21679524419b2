import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createScreeningLoop } from '../../src/consumers/screening-loop.ts'
import { weighRecord } from '../../src/consumers/weigh-record.ts'
import type { Alarm } from '../../src/contracts/alarm.ts'
import type { FilmRecord } from '../../src/contracts/film-record.ts'
import type { DeadLetterCode } from '../../src/contracts/reasons.ts'
import type { Verdict, VerdictOutcome } from '../../src/contracts/verdict.ts'
import { createByteBudget } from '../../src/runtime/byte-budget.ts'
import { everyReally } from '../../src/runtime/every.ts'
import type { ConsumedRecord, OffsetToCommit } from '../../src/runtime/kafka/types.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { usualLoopDeps } from '../support/loop-deps.ts'
import { telemetryFor } from '../support/services.ts'
import { waitFor } from '../support/wait-for.ts'

const film = (offset: number, type = 'org.osteostream.image.v1'): ConsumedRecord => ({
  topic: 'hip.images.v1',
  partition: 0,
  offset: BigInt(offset),
  timestampMs: 0,
  key: 'k',
  headers: { ce_type: type },
  value: new Uint8Array(10),
})

const verdictOf = (
  record: FilmRecord,
  kind: 'rejected' | 'deadLettered',
  code: DeadLetterCode = 'FILE_CORRUPT',
): Verdict => {
  const outcome: VerdictOutcome =
    kind === 'rejected'
      ? { kind, reason: 'NOT_A_HIP', detail: '' }
      : { kind, code, detail: '', size: 0, digest: '', headers: {} }
  const at = '2026-01-01T00:00:00.000Z'
  return {
    attributed: false,
    pointer: `t:0:${record.position.offset}`,
    receivedAt: at,
    screenedAt: at,
    attempt: 1,
    image: record.position,
    outcome,
  }
}

type Cleaner = { after: (work: () => Promise<void> | void) => void }

/** A loop over fake ports that note what they were asked. */
const startLoop = (t: Cleaner, screen: (record: FilmRecord) => Promise<Verdict>) => {
  const published: string[] = []
  const alarms: Alarm[] = []
  const commits: OffsetToCommit[] = []
  const paused: number[] = []
  const failing = { publishes: 0 }
  const budget = createByteBudget(3 * weighRecord(film(0)))
  const loop = createScreeningLoop({
    ...usualLoopDeps(),
    screener: { screen, giveUp: (record, code) => verdictOf(record, 'deadLettered', code) },
    publishVerdict: async (verdict) => {
      if (failing.publishes > 0) {
        failing.publishes -= 1
        throw new Error('kafka is away')
      }
      published.push(verdict.image.offset)
    },
    alarms: { raise: async (alarm) => void alarms.push(alarm) },
    budget,
    lane: 'live',
    telemetry: telemetryFor(t),
    logger: silentLogger,
    pause: async () => {},
    every: everyReally,
    now: () => new Date(0),
    commitIntervalMs: 5,
  })
  t.after(loop.stop)
  const control = {
    commit: async (_epoch: number, offsets: readonly OffsetToCommit[]) => void commits.push(...offsets),
    pause: (_topic: string, partition: number) => void paused.push(partition),
    resume: () => {},
  }
  const assign = (epoch: number): void =>
    loop.assigned({ epoch, partitions: new Map([['hip.images.v1', [0]]]) }, control)
  assign(1)
  return { loop, published, alarms, commits, paused, failing, budget, assign }
}

describe('screening loop', () => {
  test('a verdict is stored before its offset is committed, and a store that is away is tried again', async (t) => {
    const { loop, published, commits, failing } = startLoop(t, async (record) =>
      verdictOf(record, 'rejected'),
    )
    failing.publishes = 3
    assert.equal(await loop.accept(film(5), 1), true)
    await loop.drain(1)
    assert.deepEqual(published, ['5'])
    assert.deepEqual(
      commits.map(({ offset }) => offset),
      [6n],
    )
  })

  test('nothing above a film in work is committed', async (t) => {
    const slow = Promise.withResolvers<void>()
    const { loop, published, commits } = startLoop(t, async (record) => {
      if (record.position.offset === '1') await slow.promise
      return verdictOf(record, 'rejected')
    })
    await loop.accept(film(1), 1)
    await loop.accept(film(2), 1)
    await waitFor('the second verdict', () => published.includes('2'))
    await waitFor('a commit', () => commits.length > 0)
    assert.ok(
      commits.every(({ offset }) => offset <= 1n),
      'film 1 is still in work',
    )
    slow.resolve()
    await loop.drain(1)
    assert.equal(commits.at(-1)?.offset, 3n)
  })

  test('what an ended assignment was doing is neither published nor committed', async (t) => {
    const slow = Promise.withResolvers<void>()
    const { loop, published, commits, assign, budget } = startLoop(t, async (record) => {
      await slow.promise
      return verdictOf(record, 'rejected')
    })
    await loop.accept(film(1), 1)
    assign(2)
    slow.resolve()
    await waitFor('the bytes', () => budget.held() === 0)
    assert.deepEqual([published, commits], [[], []])
    assert.equal(await loop.accept(film(1), 1), false, 'records of the old assignment are not taken')
  })

  test('an event of a later major version stops its partition and raises an alarm', async (t) => {
    const { loop, published, alarms, commits, paused } = startLoop(t, async (record) =>
      verdictOf(record, 'rejected'),
    )
    assert.equal(await loop.accept(film(1, 'org.osteostream.image.v2'), 1), false)
    assert.equal(await loop.accept(film(2), 1), false, 'the partition is on hold')
    await loop.drain(1)
    assert.deepEqual(
      alarms.map(({ kind }) => kind),
      ['unknown-schema-version'],
    )
    assert.deepEqual([published, paused], [[], [0]])
    assert.ok(commits.every(({ offset }) => offset <= 1n))
  })

  test('a deployment that fails most records stops instead of draining the topic', async (t) => {
    const { loop, published, alarms } = startLoop(t, async (record) =>
      verdictOf(record, 'deadLettered', 'MODEL_OUTPUT_NOT_FINITE'),
    )
    let taken = 0
    while (taken < 200 && (await loop.accept(film(taken), 1))) taken += 1
    await loop.drain(1)
    assert.ok(taken < 20, `${taken} records were taken`)
    assert.equal(published.length, 10)
    assert.deepEqual(
      alarms.map(({ kind }) => kind),
      ['most-records-fail'],
      'one alarm for the partition',
    )
  })

  test('films in work stay within the byte budget', async (t) => {
    const gate = Promise.withResolvers<void>()
    const { loop, budget } = startLoop(t, async (record) => {
      await gate.promise
      return verdictOf(record, 'rejected')
    })
    const accepted = Array.from({ length: 5 }, (_, offset) => loop.accept(film(offset), 1))
    for (const taken of accepted.slice(0, 3)) await taken
    assert.equal(budget.held(), 3 * weighRecord(film(0)))
    gate.resolve()
    for (const taken of accepted) await taken
    await loop.drain(1)
    await waitFor('the bytes', () => budget.held() === 0)
  })
})
