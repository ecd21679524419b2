import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ageBandOf, ageBands } from '../../src/contracts/film-attributes.ts'

/** The lowest and highest age that a band names. */
const limitsOf = (band: string): readonly [number, number] => {
  if (band.endsWith('+')) return [Number.parseInt(band, 10), Number.POSITIVE_INFINITY]
  const [low, high] = band.split('-').map(Number)
  assert.ok(low !== undefined && high !== undefined, band)
  return [low, high]
}

describe('age bands', () => {
  test('cover every age once', () => {
    const limits = ageBands.map(limitsOf)
    for (const [index, [low]] of limits.entries()) assert.equal(low, (limits[index - 1]?.[1] ?? -1) + 1)
    assert.equal(limits.at(-1)?.[1], Number.POSITIVE_INFINITY)
  })

  test('every age of 0 to 130 falls into the band that names it', () => {
    for (let years = 0; years <= 130; years += 1) {
      const [low, high] = limitsOf(ageBandOf(years))
      assert.ok(low <= years && years <= high, `${years}: ${ageBandOf(years)}`)
    }
  })
})
