import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomFor } from '../../../src/simulation/clinics/seeded-random.ts'
import { classOf, type SimulatedPerson, samplePerson } from '../../../src/simulation/films/person.ts'
import { correlation, mean, spread } from './sample-statistics.ts'

const people = (count: number, hospitalMix: boolean): SimulatedPerson[] => {
  const random = randomFor(7, 'people', String(hospitalMix))
  return Array.from({ length: count }, () => samplePerson({ world: 'hospital', random, hospitalMix }))
}

test('a hospital has the published mix of classes', () => {
  const tScores = people(6000, true).map((person) => person.left.tScore)
  const share = (name: string) => tScores.filter((t) => classOf(t) === name).length / tScores.length
  assert.ok(Math.abs(mean(tScores) + 1.69) < 0.04, `mean ${mean(tScores)}`)
  assert.ok(Math.abs(spread(tScores) - 0.86) < 0.03, `sd ${spread(tScores)}`)
  assert.ok(Math.abs(share('osteoporosis') - 0.174) < 0.02, `osteoporosis ${share('osteoporosis')}`)
  assert.ok(Math.abs(share('normal') - 0.21) < 0.02, `normal ${share('normal')}`)
})

test('left and right hips correlate at .92', () => {
  const all = people(6000, true)
  const strata = all.filter(({ sex, age }) => sex === 'F' && age >= 60 && age < 70)
  const r = correlation(
    strata.map(({ left }) => left.tScore),
    strata.map(({ right }) => right.tScore),
  )
  assert.ok(strata.length > 500)
  assert.ok(Math.abs(r - 0.92) < 0.02, `r ${r}`)
})

test('what a film can show differs from T by .20 in the hospital and .30 outside', () => {
  for (const [world, sd] of [
    ['hospital', 0.2],
    ['external', 0.3],
  ] as const) {
    const random = randomFor(8, world)
    const errors = Array.from({ length: 4000 }, () => samplePerson({ world, random }).right).map(
      ({ appearance, tScore }) => appearance - tScore,
    )
    assert.ok(Math.abs(mean(errors)) < 0.02)
    assert.ok(Math.abs(spread(errors) - sd) < 0.015, `${world}: ${spread(errors)}`)
  }
})

test('women of 60 to 69 have mean T −1.10 and sd .95 outside of the hospital mix', () => {
  const women = people(6000, false).filter(({ sex, age }) => sex === 'F' && age >= 60 && age < 70)
  const tScores = women.map(({ left }) => left.tScore)
  assert.ok(Math.abs(mean(tScores) + 1.1) < 0.08, `mean ${mean(tScores)}`)
  assert.ok(Math.abs(spread(tScores) - 0.95) < 0.06, `sd ${spread(tScores)}`)
})

test('the classes have the limits of the WHO', () => {
  assert.deepEqual([-2.5, -2.49, -1, -1.01].map(classOf), [
    'osteoporosis',
    'osteopenia',
    'normal',
    'osteopenia',
  ])
})
