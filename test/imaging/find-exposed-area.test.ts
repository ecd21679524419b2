import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findExposedArea } from '../../src/imaging/find-exposed-area.ts'
import { type GreyFilm, greyFilmOf, toGreyscale } from '../../src/imaging/grey-film.ts'
import { decoded, picture, sample, withoutSamples } from './films.ts'

const [rows, columns] = [600, 500]

/** A film with structure between two columns, and one grey beside them. */
const exposed = (left: number, right: number, level: number): GreyFilm => {
  const pixels = picture(rows, columns, 16).map((value, index) => {
    const [x, y] = [index % columns, Math.floor(index / columns)]
    return x < left || x >= right ? level : value * 0.4 + ((x * 7 + y * 3) % 97) * 120
  })
  return greyFilmOf(rows, columns, pixels)
}

describe('find-exposed-area', () => {
  for (const level of [0, 65000])
    test(`bands of ${level} at both sides are left out`, () => {
      const area = findExposedArea(exposed(60, 420, level))
      assert.ok(Math.abs(area.x - 60) <= 6, JSON.stringify(area))
      assert.ok(Math.abs(area.x + area.width - 420) <= 6, JSON.stringify(area))
      assert.deepEqual([area.y, area.height], [0, rows])
    })

  test('a film without bands is whole', () => {
    assert.deepEqual(findExposedArea(exposed(0, columns, 0)), { x: 0, y: 0, width: columns, height: rows })
  })

  test('a film of one value is whole', () => {
    const pixels = new Uint16Array(rows * columns).fill(3)
    assert.deepEqual(findExposedArea(greyFilmOf(rows, columns, pixels)), {
      x: 0,
      y: 0,
      width: columns,
      height: rows,
    })
  })

  test('the real hip lies between its two bands', { skip: withoutSamples('hip-dicom') }, async () => {
    const area = findExposedArea(toGreyscale(await decoded(sample('hip-dicom', 'RG2_UNC.dcm'))))
    // Read off the film: columns 0–185 and from 1440 on hold scatter only.
    assert.ok(Math.abs(area.x - 185) <= 12, JSON.stringify(area))
    assert.ok(Math.abs(area.x + area.width - 1437) <= 12, JSON.stringify(area))
    assert.deepEqual([area.y, area.height], [0, 2140])
  })
})
