import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { StoredFilm, StoredReading } from '../../src/contracts/stored-reading.ts'
import type { ModelIdentity, Verdict } from '../../src/contracts/verdict.ts'
import { createRescreen, type RescreenDeps } from '../../src/operations/rescreen.ts'
import { createByteBudget } from '../../src/runtime/byte-budget.ts'
import type { ConsumedRecord } from '../../src/runtime/kafka/types.ts'
import { deadLettered, finding, hex, hipOf, receiptOf, rejected, verdictOf } from '../support/results.ts'

const model: ModelIdentity = {
  name: 'tiny',
  version: '1.0.0',
  weightsDigest: hex('weights'),
  preprocessingDigest: hex('preprocessing'),
  thresholdsDigest: hex('thresholds'),
}
const shadow: ModelIdentity = { ...model, name: 'shadow', weightsDigest: hex('other') }
const probabilities = { normal: 0.2, osteopenia: 0.3, osteoporosis: 0.5 }
const reading = (more: Partial<StoredReading> = {}): StoredReading => ({
  hip: 'left',
  model,
  probabilities,
  ...more,
})
const film = (offset: number, readings: readonly StoredReading[] = [reading()]): StoredFilm => ({
  arrivalId: `arrival ${offset}`,
  image: { topic: 'hip.images.v1', partition: 0, offset: String(offset) },
  provider: 'cpu',
  finder: hex('finder'),
  readings,
})
const recordOf = (offset: number, arrivalId = `arrival ${offset}`): ConsumedRecord => ({
  topic: 'hip.images.v1',
  partition: 0,
  offset: BigInt(offset),
  timestampMs: 0,
  key: 'k',
  headers: { ce_id: arrivalId },
  value: new Uint8Array(10),
})
const verdict = (outcome: Verdict['outcome']): Verdict =>
  verdictOf(receiptOf({ film: 'f', offset: 0 }), outcome)
const read = verdict(finding([hipOf('left', 'osteoporosis')]))

/** A rescreen over fake ports: these films are stored, these records are left, and each is read as `again`. */
const rescreenOf = (
  films: readonly StoredFilm[],
  records: readonly ConsumedRecord[],
  again: (models: readonly ModelIdentity[]) => Promise<Verdict>,
  more: Partial<RescreenDeps> = {},
) => {
  const budget = createByteBudget(15)
  const run = createRescreen({
    stored: {
      async *pages() {
        for (const each of films) yield [each]
      },
    },
    readRecords: async (_topic, wanted, take) => {
      for (const record of records)
        if (wanted.get(record.partition)?.includes(record.offset) === true) await take(record)
    },
    budget,
    hasFinder: () => true,
    hasPackage: () => true,
    screenerFor: (models) => ({ screen: () => again(models) }),
    readingsOf: ({ outcome }) =>
      outcome.kind === 'finding'
        ? outcome.hips.flatMap((hip) => hip.readings.map((each) => ({ ...each, hip: hip.side })))
        : [],
    onFilm: () => {},
    ...more,
  })
  return { budget, report: () => run({ from: '2026-01-01', to: '2027-01-01' }) }
}

describe('rescreen', () => {
  test('within 1e-4 is the same, beyond it differs, and the largest difference is told', async () => {
    const by = (delta: number) => reading({ probabilities: { ...probabilities, normal: 0.2 + delta } })
    const films = [film(0, [by(0.00009)]), film(1, [by(-0.00011)]), film(2)]
    const { report, budget } = rescreenOf(
      films,
      [0, 1, 2].map((at) => recordOf(at)),
      async () => read,
    )
    const found = await report()
    assert.deepEqual([found.films, found.readings.same, found.readings.differs], [3, 2, 1])
    assert.ok(Math.abs(found.maxDifference - 0.00011) < 1e-12)
    assert.equal(found.differences[0]?.arrivalId, 'arrival 1')
    assert.equal(budget.held(), 0)
  })

  test('a film that ends in another way differs, and the reason is told', async () => {
    for (const [outcome, why] of [
      [rejected, 'NOT_A_HIP'],
      [deadLettered, 'FILE_CORRUPT'],
      [finding([hipOf('right', 'normal')]), 'the hip was not found'],
    ] as const) {
      const found = await rescreenOf([film(0)], [recordOf(0)], async () => verdict(outcome)).report()
      assert.equal(found.readings.differs, 1)
      assert.equal(found.differences[0]?.why, why)
    }
  })

  test('a film without its record, under another arrival, or gone from the film store has expired', async () => {
    const letter = { detail: '', size: 0, digest: hex('payload'), headers: {} }
    const expired = verdict({ kind: 'deadLettered', code: 'PAYLOAD_EXPIRED', ...letter })
    for (const records of [[], [recordOf(0, 'another')], [recordOf(0)]]) {
      const found = await rescreenOf([film(0)], records, async () => expired).report()
      assert.equal(found.readings.payloadExpired, 1)
    }
  })

  test('only the packages that are there read, with exactly the stored digests', async () => {
    const asked: (readonly ModelIdentity[])[] = []
    const both = film(0, [reading(), reading({ hip: 'right' }), reading({ model: shadow })])
    const screen = async (models: readonly ModelIdentity[]) => {
      asked.push(models)
      return verdict(finding([hipOf('left', 'normal'), hipOf('right', 'normal')]))
    }
    const hasPackage = (wanted: ModelIdentity): boolean => wanted === model
    const found = await rescreenOf([both], [recordOf(0)], screen, { hasPackage }).report()
    assert.deepEqual(asked, [[model]])
    assert.deepEqual([found.readings.same, found.readings.packageMissing], [2, 1])
    await rescreenOf([both], [recordOf(0)], screen, { hasPackage: () => false }).report()
    await rescreenOf([both], [recordOf(0)], screen, { hasFinder: () => false }).report()
    assert.equal(asked.length, 1, 'nothing is read for nothing')
  })

  test('hips that another finder cut are not compared', async () => {
    const hasFinder = (digest: string): boolean => digest === hex('finder')
    const readingsBy = async (finder: string) => {
      const stored = { ...film(0), finder }
      const found = await rescreenOf([stored], [recordOf(0)], async () => read, { hasFinder }).report()
      return [found.readings.same, found.readings.packageMissing]
    }
    assert.deepEqual(await readingsBy(hex('finder')), [1, 0])
    assert.deepEqual(await readingsBy(hex('another')), [0, 1])
  })

  test('a fault of the engine ends it', async () => {
    const films = Array.from({ length: 4 }, (_, at) => film(at))
    const records = films.map((_, at) => recordOf(at))
    const { report, budget } = rescreenOf(films, records, () => Promise.reject(new Error('no workers left')))
    await assert.rejects(report(), { message: 'no workers left' })
    assert.equal(budget.held(), 0)
  })
})
