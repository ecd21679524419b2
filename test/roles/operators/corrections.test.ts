import assert from 'node:assert/strict'
import { join, resolve } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { objectOf, runCommand } from '../../support/run-command.ts'
import { writeSimulatedFilms } from '../../support/simulated-folder.ts'
import { type RunningEngine, startUp } from '../../support/start-up.ts'
import { undoAfter } from '../../support/undo.ts'

const root = resolve(import.meta.dirname, '../..', '..')
const audit = ['--who', 'data steward', '--why', 'asked for it']

describe('corrections, as a person gives them', () => {
  const undo = undoAfter({ after })
  let engine: RunningEngine
  let arrivals: string[]
  const osteostream = (args: readonly string[], input = '') =>
    runCommand([...args, '--data-dir', engine.dataDir], input)
  const object = async (...args: string[]) => objectOf(await osteostream([...args, '--json']))
  const figures = async () => {
    const { ledger } = await object('ledger')
    const { prevalence } = await object('prevalence')
    const people = prevalence.reduce((sum: number, { n }: { n: number }) => sum + n, 0)
    return { received: ledger.received, erased: ledger.erased, balanced: ledger.balanced, people }
  }
  /** Sends all films once more; answers an arrival of one of them that has a finding. */
  const sendAgain = async (): Promise<string> => {
    const { files } = await object('ingest', join(engine.dataDir, 'films'), '--clinic', 'demo')
    const known = files.find(({ verdict }: { verdict: { kind: string } }) => verdict.kind === 'finding')
    return known.answer.arrivalId
  }
  before(async () => {
    engine = await startUp(root)
    undo(engine.stop)
    const folder = join(engine.dataDir, 'films')
    await writeSimulatedFilms(folder, 6, 11)
    const { files } = await object('ingest', folder, '--clinic', 'demo')
    arrivals = files.map(({ answer }: { answer: { arrivalId: string } }) => answer.arrivalId)
  })

  test('an erasure is in every figure when the command answers, and leaves a tombstone', async () => {
    const before = await figures()
    const { inEffect, arrivals: erased } = await object(
      'corrections',
      'erase',
      '--arrival',
      arrivals[0] ?? '',
      ...audit,
    )
    assert.equal(inEffect, true)
    const after = await figures()
    // A person votes once a month: one who was there in two months is gone from both.
    assert.deepEqual(after, { ...before, erased, people: after.people })
    assert.ok(after.people < before.people)
    const again = await osteostream(['corrections', 'erase', '--arrival', arrivals[0] ?? '', ...audit])
    assert.equal(again.code, 2, 'what is erased is not found by its arrival')
    assert.match(again.stderr, /NOT_FOUND/)
  })

  test('a film of an erased person that comes again is answered as erased', async () => {
    const patient = 'no such patient\tissuer'
    const erased = await osteostream(
      ['corrections', 'erase', '--clinic', 'demo', '--patient', ...audit, '--json'],
      patient,
    )
    assert.deepEqual([objectOf(erased).arrivals, objectOf(erased).inEffect], [0, true])
    const { corrections } = await object('corrections', 'list')
    assert.equal(corrections.length, 2)
    assert.ok(!JSON.stringify(corrections).includes('no such patient'))
    const { files } = await object('ingest', join(engine.dataDir, 'films'), '--clinic', 'demo')
    const kinds = files.map(({ verdict }: { verdict: { booking: string } }) => verdict.booking)
    assert.ok(kinds.includes('erased') && kinds.includes('duplicate'), JSON.stringify(kinds))
  })

  test('a retracted delivery is gone, and its film has its next one', async () => {
    const known = await sendAgain()
    const before = await figures()
    const { inEffect } = await object('corrections', 'retract', known, ...audit)
    assert.equal(inEffect, true)
    assert.deepEqual(await figures(), { ...before, erased: before.erased + 1 })
  })

  test('a person is relinked, and the command says of how many arrivals', async () => {
    const before = await figures()
    const known = await sendAgain()
    const { inEffect, arrivals: relinked } = await object(
      'corrections',
      'relink',
      '--arrival',
      known,
      '--to',
      'a'.repeat(64),
      ...audit,
    )
    assert.equal(inEffect, true)
    assert.ok(relinked >= 2, 'the film was sent more than once')
    assert.equal((await figures()).people, before.people, 'another key alone changes no count')
  })

  test('who and why are asked for, and a person by one way only', async () => {
    const nobody = await osteostream(['corrections', 'erase', '--clinic', 'demo', '--person', 'a'.repeat(64)])
    assert.notEqual(nobody.code, 0)
    assert.match(nobody.stderr, /--who/)
    for (const [options, fault] of [
      [['--clinic', 'demo', '--person', 'ann'], /subjectKey/],
      [['--person', 'a'.repeat(64)], /--clinic is missing/],
      [['--clinic', 'demo'], /one of --person, --arrival and --patient/],
    ] as const) {
      const refused = await osteostream(['corrections', 'erase', ...options, ...audit])
      assert.equal(refused.code, 2)
      assert.match(refused.stderr, fault)
    }
  })
})
