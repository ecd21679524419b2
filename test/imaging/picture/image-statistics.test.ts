import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type GreyFilm, greyFilmOf } from '../../../src/imaging/picture/grey-film.ts'
import { imageStatistics } from '../../../src/imaging/picture/image-statistics.ts'
import { seededWords } from '../films.ts'

const noisy = (sigma: number): GreyFilm => {
  const next = seededWords(7)
  const uniform = (): number => (next() + 0.5) / 2 ** 32
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
  const pixels = Uint16Array.from({ length: 300 * 300 }, (_, index) =>
    Math.round(30000 + 20 * (index % 300) + sigma * normal()),
  )
  return greyFilmOf(300, 300, pixels)
}

const film = (valueOf: (index: number) => number): GreyFilm => {
  const pixels = Uint16Array.from({ length: 1000 }, (_, index) => valueOf(index))
  return greyFilmOf(10, 100, pixels)
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

  test('every number is finite for a film of one pixel', () => {
    const one = greyFilmOf(1, 1, Uint16Array.of(9))
    for (const value of Object.values(imageStatistics(one))) assert.ok(Number.isFinite(value))
  })
})
