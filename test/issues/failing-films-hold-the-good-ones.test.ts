import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { FilmRecord } from '../../src/contracts/film-record.ts'
import { codeOf, failedWith, filmAt, readWell, startFilmLoop } from '../support/start-film-loop.ts'

const offsetOf = (record: FilmRecord): number => Number(record.position.offset)

// Once most of a hundred records had failed, good films below were held too: nothing was committed, and each restart ran the
// same race again. Broken files of one clinic sufficed for it.
describe('when most films fail through this deployment', () => {
  test('it stops; what goes well is stored and committed; it goes on by itself with what was held back', async () => {
    let isBroken = true
    const slow = Promise.withResolvers<void>()
    const { loop, published, alarms, committed, paused, pass } = startFilmLoop(async (record) => {
      if (offsetOf(record) === 0) await slow.promise
      const isBad = isBroken && offsetOf(record) > 2
      return isBad ? failedWith(record, 'MODEL_OUTPUT_NOT_FINITE', 'vit 1.0.0') : readWell(record)
    })
    let taken = 0
    while (taken < 200 && (await loop.accept(filmAt(taken, `site-${taken % 3}`), 1))) taken += 1
    await pass(1000)
    assert.ok(taken < 20, `${taken} films were taken`)
    assert.deepEqual([...paused], [0, 1], 'nothing more is read')
    assert.deepEqual([alarms.length, alarms[0]?.kind], [1, 'most-records-fail'])
    assert.equal(alarms[0]?.evidence['codes'], 'MODEL_OUTPUT_NOT_FINITE vit 1.0.0: 11')
    assert.equal(alarms[0]?.evidence['worker'], 'test')
    slow.resolve()
    await pass(1000)
    const letters = published.filter((verdict) => codeOf(verdict) !== 'finding').length
    assert.equal(letters, 10, 'no more dead letters than it takes to see it')
    assert.equal(committed.get(0), 13n, 'the slow film below, and all up to the first that was held back')
    await pass(600_000)
    assert.equal(alarms.length, 1)
    isBroken = false
    await pass(600_000)
    assert.deepEqual([[...paused], committed.get(0)], [[], BigInt(taken)])
    assert.equal(published.length, taken, 'what was held back has been read, and nothing twice')
  })

  test('a new assignment finds it stopped, and lets one film in to try with', async () => {
    let isBroken = true
    const { loop, published, assign, paused, pass, alarms } = startFilmLoop(async (record) =>
      isBroken ? failedWith(record, 'INFERENCE_CRASHED') : readWell(record),
    )
    for (let offset = 0; offset < 20; offset += 1) await loop.accept(filmAt(offset), 1)
    await pass(1000)
    const before = published.length
    assign(2)
    assert.deepEqual([...paused], [0, 1])
    assert.equal(await loop.accept(filmAt(before), 2), false)
    await pass(20_000)
    assert.equal(paused.size, 0, 'one may come')
    assert.equal(await loop.accept(filmAt(before), 2), true)
    assert.equal(await loop.accept(filmAt(before + 1), 2), false)
    await pass(1000)
    assert.deepEqual([published.length, paused.size, alarms.length], [before, 2, 1])
    isBroken = false
    await pass(60_000)
    assert.deepEqual([published.length, paused.size], [before + 1, 0])
  })

  test('films of one sender that crash a decoder are its own dead letters, those of two are not', async () => {
    for (const [senders, isToStop] of [
      [1, false],
      [2, true],
    ] as const) {
      const { loop, alarms, pass } = startFilmLoop(async (record) => failedWith(record, 'DECODE_CRASHED'))
      for (let offset = 0; offset < 30; offset += 1)
        await loop.accept(filmAt(offset, `site-${offset % senders}`), 1)
      await pass(1000)
      assert.equal(
        alarms.some(({ kind }) => kind === 'most-records-fail'),
        isToStop,
      )
    }
  })
})

test("one sender's 5,000 broken files are 5,000 dead letters, while the films of others go on", async () => {
  const { loop, published, alarms, committed, pass } = startFilmLoop(async (record) =>
    record.headers['ce_siteid'] === 'broken' ? failedWith(record, 'FILE_CORRUPT') : readWell(record),
  )
  for (let offset = 0; offset < 5000; offset += 1) {
    assert.ok(await loop.accept(filmAt(offset, 'broken'), 1))
    if (offset % 10 === 0) assert.ok(await loop.accept(filmAt(offset / 10, 'good', 1), 1))
  }
  await pass(1000)
  const counts = Map.groupBy(published, codeOf)
  assert.deepEqual([counts.get('FILE_CORRUPT')?.length, counts.get('finding')?.length], [5000, 500])
  assert.deepEqual([committed.get(0), committed.get(1)], [5000n, 500n])
  assert.deepEqual(
    alarms.map(({ kind, scope, severity, evidence }) => [kind, scope, severity, evidence['failed']]),
    [['sender-fails', 'broken', 'warning', 51]],
  )
})
