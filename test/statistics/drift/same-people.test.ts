import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FilmPair, samePeopleChange } from '../../../src/statistics/drift/same-people.ts'
import { drawNormal } from '../../../src/statistics/maths/draws.ts'
import { createRandom } from '../../../src/statistics/maths/random.ts'
import { close, expectReason, valueOf, warningsOf } from '../expect-answer.ts'

/** Pairs of people who came again because their first score was low: their second one is higher by itself. */
const drawPairs = (
  seed: number,
  count: number,
  plan: { shift?: number; years?: number; clinics?: number } = {},
) => {
  const random = createRandom(seed)
  const { shift = 0, years = 1, clinics = 12 } = plan
  const pairs: FilmPair[] = []
  while (pairs.length < count) {
    const t = -1.7 + 0.86 * drawNormal(random)
    const before = t + 0.33 * drawNormal(random)
    if (before > -1.5) continue
    const between = years * (0.5 + random())
    const after = t - 0.02 * between + shift + 0.33 * drawNormal(random)
    const person = `${seed}-${pairs.length}`
    pairs.push({ person, clinic: pairs.length % clinics, change: after - before, years: between, before })
  }
  return pairs
}

test('.3 T is seen by 100 pairs, and regression to the mean is not taken for it', () => {
  let [seen, wrong] = [0, 0]
  for (let run = 0; run < 60; run += 1) {
    const within = drawPairs(1000 + run, 100)
    const still = valueOf(samePeopleChange({ across: drawPairs(run, 100), within }))
    const moved = valueOf(samePeopleChange({ across: drawPairs(2000 + run, 100, { shift: 0.3 }), within }))
    if (still.low > 0 || still.high < 0) wrong += 1
    if (moved.low > 0) seen += 1
    assert.ok(moved.smallestSeen > 0.1 && moved.smallestSeen < 0.3)
  }
  assert.ok(seen >= 56, `${seen} of 60`)
  assert.ok(wrong <= 8, `${wrong} of 60`)
})

test('ageing between films is taken out, also where pairs across lie further apart', () => {
  const across = drawPairs(1, 4000, { years: 3 })
  const within = drawPairs(2, 4000, { years: 1 })
  const found = valueOf(samePeopleChange({ across, within }))
  close(found.estimate, 0, 0.03)
  close(found.ageingPerYear, -0.02, 0.01)
})

test('two pairs of a person are not two people, and few clinics are said', () => {
  const [across, within] = [drawPairs(3, 60), drawPairs(4, 60)]
  const once = valueOf(samePeopleChange({ across, within }))
  const twice = valueOf(samePeopleChange({ across: [...across, ...across], within: [...within, ...within] }))
  close(twice.standardError, once.standardError, 0.02)
  const one = samePeopleChange({ across: drawPairs(3, 60, { clinics: 1 }), within })
  assert.ok(!warningsOf(one).includes('few-clusters'))
  const few = samePeopleChange({
    across: drawPairs(3, 60, { clinics: 2 }),
    within: drawPairs(4, 60, { clinics: 2 }),
  })
  assert.ok(warningsOf(few).includes('few-clusters'))
})

test('another selection of the comparison is said; too few persons have no answer', () => {
  const across = drawPairs(5, 80)
  const within = drawPairs(6, 80).map((pair) => ({ ...pair, before: (pair.before ?? 0) + 1 }))
  assert.ok(warningsOf(samePeopleChange({ across, within })).includes('selection-differs'))
  expectReason(samePeopleChange({ across: across.slice(0, 10), within }), 'too-few')
  expectReason(samePeopleChange({ across: [], within }), 'empty')
  const broken = [{ ...across[0], change: Number.NaN }, ...across.slice(1)].flatMap((pair) =>
    pair.person !== undefined &&
    pair.clinic !== undefined &&
    pair.years !== undefined &&
    pair.change !== undefined
      ? [{ person: pair.person, clinic: pair.clinic, years: pair.years, change: pair.change }]
      : [],
  )
  expectReason(samePeopleChange({ across: broken, within }), 'invalid-input')
})
