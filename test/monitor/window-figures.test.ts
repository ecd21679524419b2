import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { figuresOf } from '../../src/monitor/figures/window-figures.ts'
import { hex } from '../analytics/films.ts'
import { type Asked, card, countsOf, reader, readerCard } from './window-counts.ts'

const figures = (asked: Asked, cards = [readerCard]) => figuresOf(countsOf(asked), cards, 1)

/** Every number of a value, however deep. */
const numbersIn = (value: unknown): number[] => {
  if (typeof value === 'number') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(numbersIn)
}

describe('figures of a window', () => {
  const many = { normal: 220, osteopenia: 240, osteoporosis: 140 }

  test('from 300 people on the severity-aware figure leads, with the matrix and both numbers of people beside it', () => {
    const { corrected, matrix, raw, n, missed } = figures({ counts: many })
    assert.ok(corrected.kind === 'answer' && matrix.kind === 'answer' && raw.kind === 'answer')
    assert.deepEqual([corrected.method, matrix.method, n], ['severity-aware', 'matrix', 600])
    assert.deepEqual(
      [corrected.livePeople, corrected.validationPeople, corrected.validationSites],
      [600, 572, 8],
    )
    const { osteoporosis } = corrected.classes
    assert.ok(osteoporosis.low < osteoporosis.estimate && osteoporosis.estimate < osteoporosis.high)
    // The card calls 161 of 572 osteoporosis, of whom 93 have it: at such a mix the truth is far below the raw share.
    assert.ok(matrix.classes.osteoporosis.high < raw.osteoporosis.estimate + 0.02, JSON.stringify(matrix))
    assert.match(corrected.limitedBy, /^more films (?:would help: 600 people|will not help)/)
    assert.ok(missed.kind === 'answer')
    const { people, flagged, missed: unseen, referred } = missed
    assert.ok(Math.abs(people.estimate - flagged.estimate - unseen.estimate) <= 1)
    assert.equal(referred, 140)
    assert.ok(unseen.low <= unseen.estimate && unseen.estimate <= unseen.high)
  })

  test('the worked example of the matrix: p = M⁻¹ q of the smoothed card', () => {
    // Column sums 101, 339, 132. With q = M p for p = (.2, .5, .3) the matrix estimate gives p back.
    const columns = card.confusion.perVote.map((row) =>
      row.map(
        (count, j) => (count + 1 / 3) / ([101, 339, 132][j] ?? 0) / (1 + 1 / ([101, 339, 132][j] ?? 1)),
      ),
    )
    const [osteoporosis, osteopenia, normal] = columns.map((row) =>
      Math.round(1000 * ((row[0] ?? 0) * 0.2 + (row[1] ?? 0) * 0.5 + (row[2] ?? 0) * 0.3)),
    )
    const counts = { osteoporosis: osteoporosis ?? 0, osteopenia: osteopenia ?? 0, normal: normal ?? 0 }
    const { matrix } = figures({ counts })
    assert.ok(matrix.kind === 'answer')
    for (const [name, truth] of [
      ['osteoporosis', 0.2],
      ['osteopenia', 0.5],
      ['normal', 0.3],
    ] as const)
      assert.ok(
        Math.abs(matrix.classes[name].estimate - truth) < 0.002,
        `${name} ${matrix.classes[name].estimate}`,
      )
  })

  test('below 300 people the matrix leads; below 100 there is no corrected figure, and it says how many are missing', () => {
    const some = figures({ counts: { normal: 60, osteopenia: 70, osteoporosis: 40 } }).corrected
    assert.ok(some.kind === 'answer')
    assert.equal(some.method, 'matrix')
    const few = figures({ counts: { normal: 30, osteopenia: 34, osteoporosis: 20 } })
    assert.deepEqual(few.corrected, { kind: 'no-answer', reason: 'too-few', detail: '84 people, 100 needed' })
    assert.equal(few.missed.kind, 'no-answer')
    assert.equal(few.raw.kind, 'answer')
  })

  test('a synthetic card never corrects real people, and says so', () => {
    const { corrected, matrix, missed, standardised, projected, label } = figures({
      counts: many,
      domain: 'real',
    })
    for (const none of [corrected, matrix, missed, standardised.corrected, projected])
      assert.deepEqual(none, {
        kind: 'no-answer',
        reason: 'domain-mismatch',
        detail: 'accuracy was measured on simulated films',
      })
    assert.equal(label, 'unvalidated model output')
  })

  test('without a card of exactly these digests, finder included, there is no corrected figure', () => {
    for (const readBy of [
      { ...reader, modelDigest: hex('another model') },
      { ...reader, finderDigest: hex('another finder') },
    ]) {
      const { corrected } = figures({ counts: many, readBy })
      assert.ok(corrected.kind === 'no-answer')
      assert.equal(corrected.reason, 'not-validated')
    }
  })

  test('where two models have read the people no one card holds', () => {
    const one = countsOf({ counts: many })
    const other = countsOf({ counts: many, readBy: { ...reader, modelDigest: hex('another model') } })
    const both = { ...one, people: [...one.people, ...other.people] }
    const { corrected, readers } = figuresOf(both, [readerCard], 1)
    assert.ok(corrected.kind === 'no-answer')
    assert.match(corrected.detail, /^2 models have read these people/)
    assert.equal(readers.length, 2)
  })

  test('severity that does not fit the called classes is flagged, and nothing is averaged', () => {
    // The card's own people: 101, 339 and 132 by truth, called 161, 217 and 194 times so.
    const counts = { osteoporosis: 161, osteopenia: 217, normal: 194 }
    const truth = { osteoporosis: 101, osteopenia: 339, normal: 132 }
    const own = figures({ counts, truth })
    assert.equal(own.differ, false)
    assert.ok(own.corrected.kind === 'answer')
    assert.ok(Math.abs(own.corrected.classes.osteoporosis.estimate - 101 / 572) < 0.03)
    assert.equal(figures({ counts, truth, shift: -6 }).differ, true)
  })

  test('people without a vote widen the bounds and are listed by reason, sex and age', () => {
    const { bounds, withoutVote, people, n } = figures({
      counts: { normal: 1, osteopenia: 2, osteoporosis: 1 },
      withoutVote: 2,
    })
    assert.deepEqual([people, n], [6, 4])
    assert.deepEqual(bounds, { kind: 'answer', low: 0.166667, high: 0.5 })
    assert.deepEqual(withoutVote, [{ reason: 'HIP_UNREADABLE', sex: 'F', ageBand: '70-74', people: 2 }])
  })

  test('the mean and spread of a control are those of its films', () => {
    // 70, 72, 78 and 80 kV: mean 75, variance 17.
    const squares = [70, 72, 78, 80].reduce((sum, kvp) => sum + BigInt(kvp * 1e6) ** 2n, 0n)
    const counts = countsOf({ counts: many })
    const controls = [{ name: 'kvp', films: 4, sum: 300_000_000n, sumOfSquares: squares }]
    assert.deepEqual(figuresOf({ ...counts, controls }, [readerCard], 1).controls, [
      { name: 'kvp', films: 4, mean: 75, sd: 4.123106 },
    ])
  })

  test('nothing is ever not a number, whatever the counts', () => {
    for (const counts of [
      { normal: 0, osteopenia: 0, osteoporosis: 0 },
      { normal: 1, osteopenia: 0, osteoporosis: 0 },
      { normal: 0, osteopenia: 0, osteoporosis: 400 },
      { normal: 400, osteopenia: 0, osteoporosis: 0 },
    ]) {
      const found = figures({ counts, withoutVote: 1 })
      assert.ok(numbersIn(found).every(Number.isFinite), JSON.stringify(counts))
      assert.doesNotMatch(JSON.stringify(found), /null/)
    }
  })
})
