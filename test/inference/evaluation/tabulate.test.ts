import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DensityClass } from '../../../src/contracts/verdict.ts'
import { chooseVotes } from '../../../src/inference/evaluation/choose-votes.ts'
import { tabulate } from '../../../src/inference/evaluation/tabulate.ts'
import { summariseConfusion } from '../../../src/statistics/prevalence/confusion-matrix.ts'
import { close, valueOf } from '../../statistics/expect-answer.ts'
import { hipOf, population } from './evaluated-hips.ts'

describe('votes', () => {
  test('are the left hip of the first film by day, else the right one', () => {
    const called = 'normal'
    const votes = chooseVotes([
      hipOf({ called, person: 'p1', file: 'b.dcm', side: 'right' }),
      hipOf({ called, person: 'p1', file: 'b.dcm', side: 'left' }),
      hipOf({ called, person: 'p2', file: 'd.dcm', side: 'left', day: '2024-02-01' }),
      hipOf({ called, person: 'p2', file: 'e.dcm', side: 'right', day: '2024-01-31' }),
      hipOf({ called, person: 'p2', file: 'a.dcm', side: 'left' }),
    ])
    assert.deepEqual(
      votes.map(({ person, file, side }) => [person, file, side]),
      [
        ['p1', 'b.dcm', 'left'],
        ['p2', 'e.dcm', 'right'],
      ],
    )
  })
})

describe('tables', () => {
  const hips = population(150, 5)
  const tables = tabulate(hips)

  test('count calls by truth, per hip and per vote', () => {
    const pairs: [truth: DensityClass, called: DensityClass][] = [
      ['osteoporosis', 'osteopenia'],
      ['osteoporosis', 'osteoporosis'],
      ['normal', 'osteopenia'],
      ['osteopenia', 'osteopenia'],
    ]
    const few = tabulate(
      pairs.map(([densityClass, called], i) =>
        hipOf({ densityClass, called, person: `p${i >> 1}`, file: `${i}` }),
      ),
    )
    assert.deepEqual(few.perHip.confusion, [
      [1, 0, 0],
      [1, 1, 1],
      [0, 0, 0],
    ])
    assert.deepEqual(few.perVote.confusion, [
      [0, 0, 0],
      [1, 0, 1],
      [0, 0, 0],
    ])
    assert.deepEqual([few.perHip.hips, few.perHip.persons, few.perVote.hips], [4, 2, 2])
  })

  test('shares are those of the confusion matrix, with limits as wide as the persons ask for', () => {
    const summary = valueOf(summariseConfusion(tables.perHip.confusion))
    const [osteoporosis] = summary.classes
    const own = tables.perHip.classes.osteoporosis
    assert.ok(osteoporosis)
    close(valueOf(tables.perHip.accuracy).estimate, valueOf(summary.accuracy).estimate)
    close(valueOf(own.sensitivity).estimate, valueOf(osteoporosis.sensitivity).estimate)
    close(valueOf(own.specificity).estimate, valueOf(osteoporosis.specificity).estimate)
    close(valueOf(own.ppv).estimate, valueOf(osteoporosis.positivePredictiveValue).estimate)
    close(valueOf(own.npv).estimate, valueOf(osteoporosis.negativePredictiveValue).estimate)
    const width = (of: { low: number; high: number }) => of.high - of.low
    const both = tabulate(hips.map((hip, i) => ({ ...hip, person: `q${i}` })))
    const twins = tabulate(hips.map((hip) => hips.find(({ person }) => person === hip.person) ?? hip))
    assert.ok(
      width(valueOf(twins.perHip.classes.osteoporosis.auc)) >
        1.2 * width(valueOf(both.perHip.classes.osteoporosis.auc)),
    )
    assert.ok(width(valueOf(twins.perHip.accuracy)) > 1.2 * width(valueOf(both.perHip.accuracy)))
  })

  test('agreement in T is there only where both sides have T', () => {
    const found = tables.tScore
    assert.ok(found)
    assert.equal(valueOf(found).films, 300)
    const untested = tabulate([hipOf({ called: 'normal' }), hipOf({ called: 'normal', estimate: -1 })])
    assert.equal(untested.tScore, undefined)
  })
})
