import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import {
  type ClassifierActivation,
  type ModelActivation,
  rolesAt,
} from '../../src/contracts/model-activation.ts'
import { planActivation } from '../../src/operations/plan-activation.ts'

const day = (n: number): string => `2026-03-${String(n).padStart(2, '0')}T00:00:00.000Z`

const activation = (
  name: string,
  role: ClassifierActivation['role'],
  from: number,
  at = from,
): ModelActivation => ({
  activationId: randomUUID(),
  model: {
    name,
    version: '1.0.0',
    weightsDigest: 'a'.repeat(64),
    preprocessingDigest: 'b'.repeat(64),
    thresholdsDigest: 'c'.repeat(64),
  },
  role,
  activeFrom: day(from),
  who: 'tester',
  why: 'test',
  at: day(at),
})

const roles = (known: readonly ModelActivation[], n: number) =>
  Object.fromEntries([...rolesAt(known, day(n))].map(([key, { role }]) => [key.split('@')[0], role]))

describe('activations', () => {
  const known = [activation('old', 'primary', 1), activation('new', 'primary', 10, 2)]

  test('a film chooses by its time: the next primary sends the last into the shadow', () => {
    assert.deepEqual(roles(known, 9), { old: 'primary' })
    assert.deepEqual(roles(known, 10), { old: 'shadow', new: 'primary' })
    assert.deepEqual(roles(known.toReversed(), 10), roles(known, 10))
  })

  test('one from now on passes, and one that began before it was asked for does not', () => {
    assert.equal(planActivation(known, activation('old', 'primary', 12, 11)).kind, 'ok')
    const late = planActivation(known, activation('old', 'primary', 4, 5))
    assert.ok(late.kind === 'failed' && late.code === 'FROM_IN_THE_PAST')
  })

  test('the only primary cannot leave, at its own instant or later', () => {
    const now = planActivation(known, activation('new', 'retired', 12))
    assert.ok(now.kind === 'failed' && now.code === 'NO_PRIMARY_LEFT' && now.detail.includes(day(12)))
    assert.ok(planActivation(known, activation('new', 'shadow', 12)).kind === 'failed')
    // The old one leaves while it is primary, before the new one comes: a gap.
    assert.ok(planActivation(known, activation('old', 'retired', 5)).kind === 'failed')
    assert.equal(planActivation(known, activation('old', 'retired', 12)).kind, 'ok')
    // A package that is planned to leave does so after it has become the only primary.
    const leaving = [...known, activation('old', 'retired', 20, 3)]
    const back = planActivation(leaving, activation('old', 'primary', 15))
    assert.ok(back.kind === 'failed' && back.detail.includes(day(20)))
  })
})
