import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from '../../../src/statistics/maths/random.ts'
import { correctedDifference } from '../../../src/statistics/prevalence/corrected-difference.ts'
import { correctedPrevalence } from '../../../src/statistics/prevalence/corrected-prevalence.ts'
import { missedPeople } from '../../../src/statistics/severity/missed-people.ts'
import { severityDifferences } from '../../../src/statistics/severity/severity-differences.ts'
import { close, expectReason, valueOf } from '../expect-answer.ts'
import { smallCard, smallWindow } from '../valid-calls.ts'

const large = smallWindow.map((count) => count * 100)
const input = { card: smallCard, site: 'real', draws: 60 } as const

test('the card’s error leaves a difference: it is narrower than two intervals suggest', () => {
  const found = valueOf(
    severityDifferences({
      ...input,
      windows: [{ live: large }, { live: large.toReversed().toReversed() }],
      pairs: [[0, 1]],
      random: createRandom(1),
    }),
  )
  const [level] = found.levels[0] ?? []
  const [difference] = found.differences[0]?.classes ?? []
  assert.ok(level && difference)
  assert.equal(difference.estimate, 0)
  const suggested = Math.SQRT2 * (level.high - level.low)
  assert.ok(difference.high - difference.low < 0.75 * suggested)
})

test('a difference of nobody and nobody keeps the width that people allow', () => {
  const live = smallWindow.map((_, b) => (b === smallWindow.length - 1 ? 60 : 0))
  const found = severityDifferences({
    ...input,
    windows: [{ live }, { live }],
    pairs: [[0, 1]],
    random: createRandom(1),
  })
  const [osteoporosis] = valueOf(found).differences[0]?.classes ?? []
  assert.ok((osteoporosis?.high ?? 0) > 0.04)
  expectReason(
    severityDifferences({ ...input, windows: [{ live }], pairs: [[0, 1]], random: createRandom(1) }),
    'invalid-input',
  )
})

test('by the matrix, too: the same shares twice differ by nothing, with limits narrower than of the levels', () => {
  const matrix = {
    domains: { card: 'real', site: 'real' },
    validation: [
      [
        [40, 10, 0],
        [8, 60, 12],
        [2, 10, 56],
      ],
    ],
    draws: 400,
  } as const
  const counts = [9000, 15_000, 12_000]
  const live = { kind: 'pooled', counts } as const
  const difference = valueOf(
    correctedDifference({ ...matrix, first: live, second: live, random: createRandom(1) }),
  )
  const level = valueOf(correctedPrevalence({ ...matrix, live, random: createRandom(1) })).classes[0]
  const [own] = difference.classes
  assert.ok(own && level && own.high - own.low < (level.high - level.low) / 3)
  const other = { kind: 'pooled', counts: [12_000, 14_000, 10_000] } as const
  const moved = valueOf(
    correctedDifference({ ...matrix, first: other, second: live, random: createRandom(1) }),
  )
  assert.ok((moved.classes[0]?.low ?? 0) > 0.05)
  expectReason(
    correctedDifference({
      ...matrix,
      first: live,
      second: { kind: 'pooled', counts: [1, 1, 1] },
      random: createRandom(1),
    }),
    'too-few',
  )
})

test('missed people: flagged and missed add up, and flagging everybody misses nobody', () => {
  const none = smallWindow.map(() => 0)
  const flagged = smallWindow.map((_, b) => (b < 3 ? 1 : 0))
  const ask = (of: readonly number[]) =>
    missedPeople({ ...input, live: smallWindow, flagged: of, random: createRandom(2), persons: 300 })
  const some = valueOf(ask(flagged))
  close(some.flagged.estimate + some.missed.estimate, some.people.estimate, 1e-9)
  assert.equal(
    some.referrals,
    smallWindow.slice(0, 3).reduce((sum, count) => sum + count, 0),
  )
  assert.ok(some.missedShare.low <= some.missedShare.estimate && some.missedShare.estimate < 0.5)
  close(valueOf(ask(none)).missedShare.estimate, 1)
  close(valueOf(ask(smallWindow.map(() => 1))).missed.estimate, 0, 1e-9)
  expectReason(ask([1, 0]), 'invalid-input')
})
