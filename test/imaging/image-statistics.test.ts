import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { GreyFilm } from '../../src/imaging/grey-film.ts'
import { greyLevels, imageStatistics } from '../../src/imaging/image-statistics.ts'
import { seededWords } from './films.ts'

const noisy = (sigma: number): GreyFilm => {
  const next = seededWords(7)
  const uniform = (): number => (next() + 0.5) / 2 ** 32
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
  const pixels = Uint16Array.from({ length: 300 * 300 }, (_, index) =>
    Math.round(30000 + 20 * (index % 300) + sigma * normal()),
  )
  return { rows: 300, columns: 300, pixels }
}

const film = (valueOf: (index: number) => number): GreyFilm => {
  const pixels = Uint16Array.from({ length: 1000 }, (_, index) => valueOf(index))
  return { rows: 10, columns: 100, pixels }
}

describe('image-statistics', () => {
  test('noise is the standard deviation of what is random, whatever the structure', () => {
    for (const sigma of [200, 600]) {
      const { noise } = imageStatistics(noisy(sigma))
      assert.ok(Math.abs(noise / sigma - 1) < 0.1, `${noise} instead of ${sigma}`)
    }
  })

  test('entropy is 0 for one value and 1 bit for two', () => {
    assert.equal(imageStatistics(film(() => 5000)).entropy, 0)
    assert.equal(imageStatistics(film((index) => (index % 2) * 60000)).entropy, 1)
  })

  test('the exposed share leaves black out', () => {
    assert.equal(imageStatistics(film((index) => (index < 250 ? 100 : 30000))).exposedShare, 0.75)
  })

  test('percentiles and mean of a ramp', () => {
    const pixels = Uint16Array.from({ length: 65536 }, (_, index) => index)
    const { mean, percentiles } = greyLevels({ rows: 256, columns: 256, pixels })
    assert.equal(mean, 32767.5)
    for (const [index, share] of [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99].entries())
      assert.ok(Math.abs((percentiles[index] ?? 0) - share * 65536) <= 16)
  })

  test('every number is finite for a film of one pixel', () => {
    const one = { rows: 1, columns: 1, pixels: Uint16Array.of(9) }
    for (const value of Object.values(imageStatistics(one))) assert.ok(Number.isFinite(value))
  })
})
