import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { filmRecordOf } from '../../src/contracts/film-record.ts'
import { siteSchema } from '../../src/contracts/site.ts'
import { RetryLater } from '../../src/runtime/errors.ts'
import { codeOf, filmAt, readWell, startFilmLoop } from '../support/start-film-loop.ts'

const minuteMs = 60_000

// Whatever screening threw was tried again without end: the film held its bytes, nothing above it was committed, a drain
// waited for it, and nobody was told.
describe('a film at which screening throws', () => {
  test('is a dead letter where the fault is one of the program', async () => {
    let tries = 0
    const { loop, published, committed, budget, pass } = startFilmLoop(async (record) => {
      if (record.position.offset !== '5') return readWell(record)
      tries += 1
      throw new TypeError('no such thing')
    })
    for (const offset of [5, 6]) await loop.accept(filmAt(offset), 1)
    await pass(5000)
    assert.deepEqual([tries, published.map(codeOf).toSorted()], [3, ['ENGINE_FAULT', 'finding']])
    assert.deepEqual([committed.get(0), budget.held()], [7n, 0])
  })

  test('waits for what passes, raises one alarm after the limit, and goes on by itself', async () => {
    let isAway = true
    const { loop, published, alarms, committed, pass } = startFilmLoop(async (record) => {
      if (isAway) throw new RetryLater('no usable primary model')
      return readWell(record)
    })
    await loop.accept(filmAt(5), 1)
    await pass(9 * minuteMs)
    assert.deepEqual([published, alarms], [[], []])
    await pass(5 * minuteMs)
    assert.deepEqual(
      alarms.map(({ kind, scope, evidence }) => [kind, scope, evidence['place'], evidence['lastError']]),
      [['stuck-record', 'hip.images.v1:0', 'hip.images.v1:0:5', 'RetryLater']],
    )
    isAway = false
    await pass(6000)
    assert.deepEqual([published.map(codeOf), committed.get(0)], [['finding'], 6n])
  })

  for (const [what, screen] of [
    ['that is tried again and again', () => Promise.reject(new RetryLater('away'))],
    ['that hangs', () => new Promise<never>(() => {})],
  ] as const)
    test(`one ${what} is set aside while the loop runs: its offset moves within 30 s`, async () => {
      const { loop, published, committed, budget, pass, setAside } = startFilmLoop((record) =>
        record.position.offset === '5' ? screen() : Promise.resolve(readWell(record)),
      )
      for (const offset of [5, 6]) await loop.accept(filmAt(offset), 1)
      await pass(20 * minuteMs)
      assert.equal(committed.get(0), 5n)
      setAside('hip.images.v1:0:5')
      await pass(30_000)
      assert.deepEqual(published.map(codeOf), ['finding', 'SET_ASIDE'])
      assert.deepEqual([committed.get(0), budget.held()], [7n, 0])
    })

  test('one that was set aside before it came is not screened: it may have ended the last process', async () => {
    const { loop, published, pass, setAside } = startFilmLoop(() => assert.fail('it was screened'))
    setAside('hip.images.v1:0:5')
    await loop.accept(filmAt(5), 1)
    await pass(1000)
    assert.deepEqual(published.map(codeOf), ['SET_ASIDE'])
  })

  test('one that hangs in an assignment that has ended gives its bytes back', async () => {
    const { loop, alarms, budget, assign, pass } = startFilmLoop(() => new Promise(() => {}))
    await loop.accept(filmAt(5), 1)
    assign(2)
    await pass(11 * minuteMs)
    assert.deepEqual([budget.held(), alarms], [0, []])
  })
})

// Its date ended the loop of the record, outside of all that looked after errors.
test('a record with an absurd time stamp is a record like others', () => {
  for (const timestampMs of [-1, 9e18, Number.NaN])
    assert.equal(filmRecordOf({ ...filmAt(0), timestampMs }).timestamp, '1970-01-01T00:00:00.000Z')
})

// `createPublicKey` or `verify` threw at each film of the site.
test('a key that is no Ed25519 key is refused with its entry', () => {
  const site = (publicKey: string) => ({
    siteId: 'a',
    name: 'A',
    region: 'R',
    timeZone: 'UTC',
    domain: 'real',
    keys: [{ keyId: 'k', publicKey, validFrom: '2026-01-01T00:00:00.000Z' }],
    validFrom: '2026-01-01T00:00:00.000Z',
  })
  assert.ok(
    siteSchema.safeParse(site('MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=')).success,
  )
  const p256 = `${'A'.repeat(36)}${'B'.repeat(50)}==`
  for (const key of [
    p256,
    'A'.repeat(60),
    'not base64 but long enough to pass for a key, as it was until now',
  ])
    assert.ok(!siteSchema.safeParse(site(key)).success)
})
