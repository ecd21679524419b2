import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { changeCaveat, judgeChange } from '../../../src/statistics/drift/change-verdict.ts'
import {
  type ChangeEvidence,
  testimonyOfDifference,
  witnessNames,
} from '../../../src/statistics/drift/witnesses.ts'
import { expectReason, valueOf } from '../expect-answer.ts'

const steady: ChangeEvidence = {
  changeP: 0.001,
  residualP: 0.4,
  imagingControls: [
    { name: 'exposure index', p: 0.5 },
    { name: 'noise', p: 0.2 },
  ],
  softwareVersion: 'steady',
  canaries: 'steady',
  digests: 'steady',
  auditLabels: 'untested',
}
const noisy = { imagingControls: [{ name: 'noise', p: 1e-6 }] }
const judge = (change: Partial<ChangeEvidence>) => valueOf(judgeChange({ ...steady, ...change }))

test('the four verdicts, by the witnesses', () => {
  const verdict = (change: Partial<ChangeEvidence>) => judge(change).verdict
  assert.equal(verdict({}), 'population-compatible')
  assert.equal(verdict({ imagingControls: [] }), 'undetermined')
  assert.equal(verdict({ softwareVersion: 'untested' }), 'undetermined')
  assert.equal(verdict({ canaries: 'untested' }), 'undetermined')
  assert.equal(verdict({ residualP: 0.001 }), 'undetermined')
  assert.equal(verdict({ residualP: 0.001, oneMakerP: 0.001 }), 'imaging')
  assert.equal(verdict({ canaries: 'moved', ...noisy }), 'pipeline')
  assert.equal(verdict({ digests: 'moved' }), 'pipeline')
  expectReason(judgeChange({ ...steady, changeP: 0.6 }), 'uninformative')
  expectReason(judgeChange({ ...steady, residualP: Number.NaN }), 'invalid-input')
})

test('one maker that stands out is no longer dropped', () => {
  const found = judge({ oneMakerP: 1e-6 })
  assert.equal(found.verdict, 'undetermined')
  assert.deepEqual(found.moved, ['one maker or clinic'])
  assert.match(found.statement, /one maker or clinic/)
})

test('controls support and do not decide; two kinds of support do, two checks of one kind do not', () => {
  assert.equal(judge(noisy).verdict, 'undetermined')
  assert.equal(judge({ ...noisy, softwareVersion: 'moved' }).verdict, 'imaging')
  assert.equal(judge({ announcements: 'moved', softwareVersion: 'moved' }).verdict, 'undetermined')
})

test('who can tell decides: the same people, phantoms, a DXA audit, the strongest first', () => {
  assert.equal(judge({ samePeople: 'moved' }).verdict, 'imaging')
  assert.equal(judge({ phantoms: 'moved' }).verdict, 'imaging')
  assert.equal(judge({ auditLabels: 'moved' }).verdict, 'imaging')
  assert.equal(judge({ auditLabels: 'steady', samePeople: 'moved' }).verdict, 'undetermined')
  assert.equal(judge({ samePeople: 'steady', ...noisy, softwareVersion: 'moved' }).verdict, 'undetermined')
  assert.equal(
    judge({ samePeople: 'moved', canaries: 'untested', digests: 'untested' }).verdict,
    'undetermined',
  )
  assert.equal(judge({ samePeople: 'steady', imagingControls: [] }).verdict, 'population-compatible')
})

test('silence of a weak witness is none', () => {
  const limits = { estimate: 0.05, level: 0.95 }
  assert.equal(testimonyOfDifference({ ...limits, low: -0.4, high: 0.5 }, 0.3), 'untested')
  assert.equal(testimonyOfDifference({ ...limits, low: -0.1, high: 0.2 }, 0.3), 'steady')
  assert.equal(testimonyOfDifference({ ...limits, low: 0.01, high: 0.2 }, 0.3), 'moved')
})

test('every verdict carries the caveat, who is not there yet, and how small a change would have been seen', () => {
  const p = fc.double({ min: 0, max: 1, noNaN: true })
  const state = fc.constantFrom('steady', 'moved', 'untested')
  const evidence = fc.record({
    changeP: p,
    residualP: p,
    imagingControls: fc.array(fc.record({ name: fc.constantFrom('noise', 'exposure index'), p }), {
      maxLength: 3,
    }),
    softwareVersion: state,
    canaries: state,
    digests: state,
    auditLabels: state,
    samePeople: state,
    phantoms: state,
    announcements: state,
    oneMakerP: p,
    smallestSeen: fc.constant('a change of 6 points would have been seen'),
  })
  fc.assert(
    fc.property(evidence, (given) => {
      const found = judgeChange(given)
      if (found.kind === 'no-answer') return
      const { verdict, statement, witnesses, moved, steady: held, untested } = found.value
      assert.ok(statement.includes(changeCaveat) && statement.includes(given.smallestSeen))
      assert.deepEqual(
        witnesses.map(({ name }) => name),
        [...witnessNames],
      )
      assert.equal(moved.length + held.length + untested.length, witnessNames.length)
      for (const name of untested) assert.ok(statement.includes(name))
      if (given.auditLabels === 'untested') assert.match(statement, /no DXA check yet/)
      if (verdict !== 'population-compatible') return
      assert.deepEqual(moved, [], 'never population where a witness speaks for imaging or pipeline')
    }),
    { seed: 14, numRuns: 500 },
  )
})
