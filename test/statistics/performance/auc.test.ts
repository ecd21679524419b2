import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  aucFromCounts,
  clusteredDeLong,
  compareAucs,
  pairwiseAuc,
} from '../../../src/statistics/performance/auc.ts'
import { projectColumns } from '../../../src/statistics/performance/projected-baseline.ts'
import { summariseConfusion } from '../../../src/statistics/prevalence/confusion-matrix.ts'
import { close, expectReason, valueOf } from '../expect-answer.ts'
import { readOracle } from '../oracles/oracle.ts'

type Recorded = {
  positive: number[]
  first: number[]
  second: number[]
  persons: number[]
  auc: number[]
  clustered_covariance: number[][]
  plain_covariance: number[][]
  labels: number[]
  scores: number[][]
  pairwise: number[][]
  one_vs_rest: number[]
  called: number[]
  confusion: number[][]
  recall: number[]
  precision: number[]
}
const recorded = readOracle<Recorded>('ranking')
const { positive, first, second, persons } = recorded

test('AUC agrees with scikit-learn, covariance with all pairs compared, clustered and plain', () => {
  const clustered = valueOf(clusteredDeLong({ scores: [first, second], positive, clusters: persons }))
  const plain = valueOf(clusteredDeLong({ scores: [first, second], positive }))
  for (const k of [0, 1]) {
    close(clustered.models[k]?.estimate ?? 0, recorded.auc[k] ?? 1)
    for (const j of [0, 1]) {
      close((clustered.covariance[k]?.[j] ?? 0) / (recorded.clustered_covariance[k]?.[j] ?? 1), 1)
      close((plain.covariance[k]?.[j] ?? 0) / (recorded.plain_covariance[k]?.[j] ?? 1), 1)
    }
  }
  assert.equal(clustered.persons, 120)
})

test('two hips of a person are not two people', () => {
  const twice = (values: number[]) => values.flatMap((value) => [value, value])
  const people = persons.map((_, i) => i)
  const once = valueOf(clusteredDeLong({ scores: [first], positive, clusters: people }))
  const doubled = valueOf(
    clusteredDeLong({ scores: [twice(first)], positive: twice(positive), clusters: twice(people) }),
  )
  const careless = valueOf(clusteredDeLong({ scores: [twice(first)], positive: twice(positive) }))
  close(doubled.models[0]?.estimate ?? 0, once.models[0]?.estimate ?? 1)
  close(doubled.models[0]?.standardError ?? 0, once.models[0]?.standardError ?? 1)
  assert.ok((careless.models[0]?.standardError ?? 1) < 0.75 * (once.models[0]?.standardError ?? 0))
})

test('paired comparison uses the covariance of both models', () => {
  const found = valueOf(compareAucs({ first, second, positive, clusters: persons }))
  close(found.estimate, (recorded.auc[0] ?? 0) - (recorded.auc[1] ?? 0))
  const c = recorded.clustered_covariance
  const variance = (c[0]?.[0] ?? 0) + (c[1]?.[1] ?? 0) - 2 * (c[0]?.[1] ?? 0)
  close(found.standardError, Math.sqrt(variance))
  expectReason(compareAucs({ first, second: first, positive }), 'uninformative')
})

test('pairwise AUCs and confusion shares agree with scikit-learn', () => {
  const pairs = valueOf(pairwiseAuc({ scores: recorded.scores, labels: recorded.labels }))
  recorded.pairwise.forEach((row, k) => {
    row.forEach((value, j) => {
      close(pairs[k]?.[j] ?? 0, value)
    })
  })
  const summary = valueOf(summariseConfusion(recorded.confusion))
  recorded.recall.forEach((recall, k) => {
    const own = summary.classes[k]
    assert.ok(own)
    close(valueOf(own.sensitivity).estimate, recall)
    close(valueOf(own.positivePredictiveValue).estimate, recorded.precision[k] ?? 0)
  })
})

test('projected on its own mix, the card shows its own figures again', () => {
  const people = [0, 1, 2].map((j) => recorded.confusion.reduce((sum, row) => sum + (row[j] ?? 0), 0))
  const all = people.reduce((sum, count) => sum + count, 0)
  const mix = people.map((count) => count / all)
  const columns = recorded.confusion.map((row) => row.map((count, j) => count / (people[j] ?? 1)))
  const pairs = valueOf(pairwiseAuc({ scores: recorded.scores, labels: recorded.labels }))
  const projected = projectColumns(columns, mix, pairs)
  const summary = valueOf(summariseConfusion(recorded.confusion))
  projected.classes.forEach((found, k) => {
    const own = summary.classes[k]
    assert.ok(own)
    close(found.positivePredictiveValue ?? -1, valueOf(own.positivePredictiveValue).estimate)
    close(found.negativePredictiveValue ?? -1, valueOf(own.negativePredictiveValue).estimate)
    close(found.specificity ?? -1, valueOf(own.specificity).estimate)
    close(found.auc ?? 0, recorded.one_vs_rest[k] ?? 1)
  })
  close(projected.accuracy, valueOf(summary.accuracy).estimate)
})

test('no answer for one class, one person, or scores that are no numbers', () => {
  expectReason(clusteredDeLong({ scores: [], positive: [] }), 'empty')
  expectReason(clusteredDeLong({ scores: [[1, 2]], positive: [1, 1] }), 'class-never-seen')
  expectReason(
    clusteredDeLong({ scores: [[1, 2, 3]], positive: [1, 1, 0], clusters: ['a', 'a', 'b'] }),
    'too-few',
  )
  expectReason(clusteredDeLong({ scores: [[1, Number.NaN]], positive: [1, 0] }), 'invalid-input')
  expectReason(pairwiseAuc({ scores: [[1, 2]], labels: [0] }), 'class-never-seen')
  expectReason(aucFromCounts({ positives: [0, 0], negatives: [1, 0] }), 'class-never-seen')
})

const films = fc.array(
  fc.record({
    score: fc.integer({ min: 0, max: 12 }),
    ill: fc.boolean(),
    person: fc.integer({ min: 0, max: 30 }),
  }),
  { minLength: 20, maxLength: 80 },
)

test('order does not matter, a rising score changes nothing, swapping classes mirrors, bins give the same AUC', () => {
  fc.assert(
    fc.property(films, (drawn) => {
      const of = (list: typeof drawn, map: (score: number) => number = (score) => score) =>
        clusteredDeLong({
          scores: [list.map(({ score }) => map(score))],
          positive: list.map(({ ill }) => ill),
          clusters: list.map(({ person }) => person),
        })
      const here = of(drawn)
      if (here.kind === 'no-answer') return
      const auc = here.value.models[0]
      assert.ok(auc && auc.low <= auc.estimate && auc.estimate <= auc.high && auc.low >= 0 && auc.high <= 1)
      const reversed = valueOf(of([...drawn].reverse())).models[0]
      close(reversed?.estimate ?? 0, auc.estimate)
      close(reversed?.standardError ?? 0, auc.standardError)
      close(valueOf(of(drawn, (score) => Math.exp(score))).models[0]?.estimate ?? 0, auc.estimate)
      close(valueOf(of(drawn, (score) => -score)).models[0]?.estimate ?? 0, 1 - auc.estimate)
      const counts = (ill: boolean) =>
        Array.from(
          { length: 13 },
          (_, bin) => drawn.filter((film) => film.ill === ill && film.score === bin).length,
        )
      const binned = valueOf(aucFromCounts({ positives: counts(true), negatives: counts(false) }))
      close(binned.auc, auc.estimate)
    }),
    { seed: 5, numRuns: 120 },
  )
})
