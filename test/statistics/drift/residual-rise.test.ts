import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { residualRiseP } from '../../../src/statistics/drift/residual-rise.ts'
import { drawNormal } from '../../../src/statistics/maths/draws.ts'
import { createRandom } from '../../../src/statistics/maths/random.ts'

const df = 20
const moments = { mean: df, variance: 2 * df }

/** Non-central χ²: squares of normals, one of them off its place by √λ. */
const residualWith = (random: () => number, lambda: number) => {
  let statistic = 0
  for (let at = 0; at < df; at += 1)
    statistic += (drawNormal(random) + (at === 0 ? Math.sqrt(lambda) : 0)) ** 2
  return { statistic, moments }
}

describe('a residual that has risen', () => {
  test('is seen by chance no more often than alpha where the card fits both windows equally badly', () => {
    const random = createRandom(71)
    for (const lambda of [0, 10, 40]) {
      let seen = 0
      for (let at = 0; at < 4000; at += 1)
        seen += Number(residualRiseP(residualWith(random, lambda), residualWith(random, lambda)) < 0.01)
      assert.ok(seen / 4000 < 0.02, `${seen} of 4000 at λ ${lambda}`)
    }
  })

  test('is seen where the window alone fits badly', () => {
    const random = createRandom(72)
    let seen = 0
    for (let at = 0; at < 500; at += 1)
      seen += Number(residualRiseP(residualWith(random, 0), residualWith(random, 60)) < 0.01)
    assert.ok(seen > 425, `${seen} of 500`)
    assert.ok(residualRiseP(residualWith(random, 60), residualWith(random, 0)) > 0.9, 'a fall is no rise')
  })
})
