import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  deadLetterCodes,
  filmWarnings,
  rejectionAdvice,
  rejectionReasons,
} from '../../src/contracts/reasons.ts'

describe('reasons and codes', () => {
  test('every rejection says something of its own to the clinic', () => {
    assert.deepEqual(Object.keys(rejectionAdvice).toSorted(), [...rejectionReasons].toSorted())
    const said = Object.values(rejectionAdvice)
    for (const advice of said) assert.match(advice, /^[a-z].{15,}[^.]$/)
    const subjects = new Set(rejectionReasons.map((reason) => `${reason} ${rejectionAdvice[reason]}`))
    assert.equal(subjects.size, rejectionReasons.length)
  })

  test('no word is both a reason and a code, and none stands twice', () => {
    const refusals = [...rejectionReasons, ...deadLetterCodes]
    assert.equal(new Set(refusals).size, refusals.length)
    assert.equal(new Set(filmWarnings).size, filmWarnings.length)
    for (const name of [...refusals, ...filmWarnings]) assert.match(name, /^[A-Z0-9]+(_[A-Z0-9]+)*$/)
  })
})
