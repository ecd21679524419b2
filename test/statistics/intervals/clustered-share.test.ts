import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clusteredShare } from '../../../src/statistics/intervals/clustered-share.ts'
import { wilson } from '../../../src/statistics/intervals/proportions.ts'
import { createRandom } from '../../../src/statistics/maths/random.ts'
import { close, expectReason, valueOf } from '../expect-answer.ts'

const outcomes = Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? 0 : 1))

test('hips that always agree count once, and hips of different people count each', () => {
  const once = valueOf(wilson({ successes: 40, trials: 60 }))
  const twice = outcomes.flatMap((value) => [value, value])
  const people = outcomes.flatMap((_, i) => [i, i])
  const clustered = valueOf(clusteredShare({ successes: twice, clusters: people }))
  const plain = valueOf(clusteredShare({ successes: outcomes }))
  close(clustered.estimate, once.estimate)
  // m/(m − 1) of 60 people makes the limits a little wider than Wilson's own.
  close(clustered.low, once.low, 0.002)
  close(clustered.high, once.high, 0.002)
  close(plain.low, once.low, 0.002)
  const careless = valueOf(wilson({ successes: 80, trials: 120 }))
  assert.ok(careless.high - careless.low < 0.75 * (clustered.high - clustered.low))
})

test('without a single failure, hips of a person count as one', () => {
  const found = valueOf(clusteredShare({ successes: [1, 1, 1, 1], clusters: ['a', 'a', 'b', 'b'] }))
  const two = valueOf(wilson({ successes: 2, trials: 2 }))
  close(found.low, two.low)
  assert.equal(found.high, 1)
})

test('limits cover the share of correlated hips as often as they say', () => {
  const random = createRandom(7)
  let covered = 0
  const rounds = 1000
  for (let round = 0; round < rounds; round += 1) {
    const successes: number[] = []
    const clusters: number[] = []
    for (let person = 0; person < 80; person += 1) {
      const first = random() < 0.7 ? 1 : 0
      const second = random() < 0.6 ? first : random() < 0.7 ? 1 : 0
      successes.push(first, second)
      clusters.push(person, person)
    }
    const { low, high } = valueOf(clusteredShare({ successes, clusters }))
    if (low <= 0.7 && 0.7 <= high) covered += 1
  }
  assert.ok(covered / rounds > 0.93 && covered / rounds < 0.97, `${covered / rounds}`)
})

test('no answer without films, or with outcomes that are none', () => {
  expectReason(clusteredShare({ successes: [] }), 'empty')
  expectReason(clusteredShare({ successes: [1, 2] }), 'invalid-input')
  expectReason(clusteredShare({ successes: [1, 0], clusters: ['a'] }), 'invalid-input')
})
