import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Reading } from '../../../src/contracts/verdict.ts'
import {
  calibratedProbabilities,
  classByThresholds,
  disagreementOf,
  isFiniteReading,
} from '../../../src/inference/classifiers/decide.ts'

describe('decision rule', () => {
  test('osteoporosis goes first, then the sum, as the statistics page states it', () => {
    const thresholds = { t1: 0.3, t2: 0.5 }
    assert.equal(classByThresholds({ osteoporosis: 0.3, osteopenia: 0.1 }, thresholds), 'osteoporosis')
    assert.equal(classByThresholds({ osteoporosis: 0.2, osteopenia: 0.3 }, thresholds), 'osteopenia')
    assert.equal(classByThresholds({ osteoporosis: 0.29, osteopenia: 0.2 }, thresholds), 'normal')
  })

  test('a temperature above one flattens and keeps the order', () => {
    const sharp = calibratedProbabilities([2, 1, 0], 1)
    const flat = calibratedProbabilities([2, 1, 0], 4)
    assert.ok((sharp[0] ?? 0) > (flat[0] ?? 0))
    assert.ok(Math.abs(flat.reduce((sum, p) => sum + p, 0) - 1) < 1e-12)
    assert.deepEqual(calibratedProbabilities([1000, 0, 0], 1), [1, 0, 0], 'large logits do not overflow')
  })

  test('a NaN anywhere is seen', () => {
    const embedding = Array.from({ length: 16 }, () => 0)
    assert.equal(isFiniteReading({ logits: [0, 1, 2], embedding }), true)
    assert.equal(isFiniteReading({ logits: [0, Number.NaN, 2], embedding }), false)
    assert.equal(isFiniteReading({ logits: [0, 1, 2], embedding, tScore: Number.POSITIVE_INFINITY }), false)
  })

  test('disagreement is the share of pairs of models that differ', () => {
    const reading = (densityClass: Reading['densityClass']): Reading => ({
      model: { name: 'a', version: '1', weightsDigest: '', preprocessingDigest: '', thresholdsDigest: '' },
      primary: true,
      probabilities: { normal: 1, osteopenia: 0, osteoporosis: 0 },
      densityClass,
      severity: 0,
      embedding: [],
    })
    assert.equal(disagreementOf([reading('normal')]), undefined)
    const two = disagreementOf([reading('normal'), reading('normal'), reading('osteopenia')])
    assert.ok(Math.abs((two ?? 0) - 2 / 3) < 1e-12)
  })
})
