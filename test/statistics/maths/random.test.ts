import assert from 'node:assert/strict'
import { test } from 'node:test'
import { personFolds } from '../../../src/statistics/inputs/person-folds.ts'
import {
  drawBinomial,
  drawChiSquare,
  drawGamma,
  drawIndex,
  drawMultinomial,
  drawNormal,
} from '../../../src/statistics/maths/draws.ts'
import { createRandom, seedFrom } from '../../../src/statistics/maths/random.ts'

test('the same seed gives the same numbers on every machine', () => {
  const random = createRandom(2026)
  assert.deepEqual(
    [random(), random(), random()].map((value) => Math.floor(value * 2 ** 53)),
    [7761704836506500, 4861983381963035, 3457145762910047],
  )
  assert.equal(seedFrom('region/north', '2026-11', 'severity', 12, 40, 7), 4292447714)
})

test('other seeds, parts and orders give other numbers', () => {
  const seeds = new Set([
    seedFrom('a', 'b'),
    seedFrom('b', 'a'),
    seedFrom('ab'),
    seedFrom('a', 1),
    seedFrom('a', '1'),
    seedFrom(),
  ])
  assert.equal(seeds.size, 6)
  const first = Array.from({ length: 1000 }, (_, seed) => createRandom(seed)())
  assert.equal(new Set(first).size, 1000)
  assert.notEqual(createRandom(1)(), createRandom(1 + 2 ** 32)())
})

const moments = (draw: () => number, count: number): { mean: number; variance: number } => {
  let sum = 0
  let squares = 0
  for (let i = 0; i < count; i += 1) {
    const value = draw()
    sum += value
    squares += value * value
  }
  const mean = sum / count
  return { mean, variance: squares / count - mean * mean }
}

const near = (actual: number, expected: number, error: number, what: string): void =>
  assert.ok(Math.abs(actual - expected) <= error, `${what}: ${actual} is not near ${expected}`)

test('draws have the mean and variance of their distribution', () => {
  const random = createRandom(5)
  const count = 60_000
  const uniform = moments(random, count)
  near(uniform.mean, 0.5, 0.006, 'uniform mean')
  near(uniform.variance, 1 / 12, 0.002, 'uniform variance')
  const normal = moments(() => drawNormal(random), count)
  near(normal.mean, 0, 0.02, 'normal mean')
  near(normal.variance, 1, 0.03, 'normal variance')
  for (const shape of [0.5, 3, 40]) {
    const gamma = moments(() => drawGamma(random, shape), count)
    near(gamma.mean, shape, 5 * Math.sqrt(shape / count), 'gamma mean')
    near(gamma.variance / shape, 1, 0.06, 'gamma variance')
  }
  near(moments(() => drawChiSquare(random, 7), count).mean, 7, 0.08, 'chi-square mean')
  for (const [trials, chance] of [
    [8, 0.3],
    [100, 0.03],
    [100, 0.45],
    [30_000, 0.2],
    [50, 0.97],
  ] as const) {
    const { mean, variance } = moments(() => drawBinomial(random, trials, chance), count)
    const expected = trials * chance * (1 - chance)
    near(mean, trials * chance, 5 * Math.sqrt(expected / count), `binomial ${trials} mean`)
    near(variance / expected, 1, 0.04, `binomial ${trials} variance`)
  }
})

test('multinomial draws add up and follow their weights', () => {
  const random = createRandom(6)
  const weights = [3, 0, 1, 6]
  const sums = new Float64Array(4)
  const into = new Float64Array(4)
  for (let i = 0; i < 4000; i += 1) {
    drawMultinomial(random, 50, weights, into)
    assert.equal(
      into.reduce((sum, value) => sum + value, 0),
      50,
    )
    into.forEach((value, k) => {
      sums[k] = (sums[k] ?? 0) + value
    })
  }
  assert.equal(sums[1], 0)
  weights.forEach((weight, k) => {
    near((sums[k] ?? 0) / 200_000, weight / 10, 0.006, `cell ${k}`)
  })
  const picked = new Float64Array(4)
  for (let i = 0; i < 20_000; i += 1) {
    const index = drawIndex(random, weights)
    picked[index] = (picked[index] ?? 0) + 1
  }
  assert.equal(picked[1], 0)
  near((picked[3] ?? 0) / 20_000, 0.6, 0.02, 'index')
  assert.equal(drawBinomial(random, 0, 0.5), 0)
  assert.equal(drawBinomial(random, 7, 1), 7)
})

test('both hips of a person share a fold, folds are about equal, nobody moves when people join', () => {
  const persons = Array.from({ length: 3000 }, (_, i) => `person-${i >> 1}`)
  const folds = personFolds(persons, 5, 1)
  const sizes = new Float64Array(5)
  folds.forEach((fold, i) => {
    assert.equal(fold, folds[i - (i % 2)])
    sizes[fold] = (sizes[fold] ?? 0) + 1
  })
  for (const size of sizes) near(size, 600, 120, 'fold size')
  assert.deepEqual(personFolds(persons.slice(0, 100), 5, 1), folds.slice(0, 100))
})
