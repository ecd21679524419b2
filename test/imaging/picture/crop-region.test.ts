import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { cropRegion, resample, thumbnailOf } from '../../../src/imaging/picture/crop-region.ts'
import { type GreyFilm, greyFilmOf } from '../../../src/imaging/picture/grey-film.ts'
import { picture } from '../films.ts'

const grey = (rows: number, columns: number, valueOf: (x: number, y: number) => number): GreyFilm => {
  const length = rows * columns
  const pixels = Uint16Array.from({ length }, (_, at) => valueOf(at % columns, Math.floor(at / columns)))
  return greyFilmOf(rows, columns, pixels)
}

const noisy = greyFilmOf(120, 100, picture(120, 100, 16))
const box = { x: 10, y: 20, width: 60, height: 60 }

describe('crop-region', () => {
  test('a ramp keeps its direction and fills 0 to 255', () => {
    const ramp = grey(100, 100, (x) => x * 600)
    const image = cropRegion(ramp, { x: 0, y: 0, width: 100, height: 100 }, 50)
    assert.equal(image.length, 2500)
    assert.equal(image[0], 0)
    assert.equal(image[49], 255)
    for (let at = 1; at < 50; at += 1) assert.ok((image[at] ?? 0) >= (image[at - 1] ?? 0))
  })

  test('mirror turns each row round and nothing else', () => {
    const plain = cropRegion(noisy, box, 32)
    const mirrored = cropRegion(noisy, box, 32, true)
    for (let row = 0; row < 32; row += 1)
      assert.deepEqual(
        mirrored.slice(row * 32, row * 32 + 32),
        plain.slice(row * 32, row * 32 + 32).reverse(),
      )
  })

  test('exposure and gain of a film cancel, but for rounding', () => {
    const other = greyFilmOf(
      noisy.rows,
      noisy.columns,
      noisy.words.map((value) => value * 0.5 + 9000),
    )
    const [one, two] = [cropRegion(noisy, box, 40), cropRegion(other, box, 40)]
    for (const [index, value] of one.entries()) assert.ok(Math.abs(value - (two[index] ?? 0)) <= 2)
  })

  test('a smaller picture of the same place averages its pixels', () => {
    const checked = grey(64, 64, (x, y) => ((x + y) % 2 === 0 ? 20000 : 40000) + (x >= 32 ? 10000 : 0))
    const image = cropRegion(checked, { x: 0, y: 0, width: 64, height: 64 }, 32)
    assert.deepEqual(new Set(image), new Set([0, 255]))
    assert.deepEqual([image[0], image[31]], [0, 255])
  })

  test('what lies outside of the film repeats its edge', () => {
    const halves = grey(50, 50, (x) => (x < 25 ? 1000 : 60000))
    const image = cropRegion(halves, { x: -25, y: -25, width: 100, height: 100 }, 40)
    assert.deepEqual([image[0], image[39]], [0, 255])
  })

  test('a film of one value gives a crop of one value', () => {
    const flat = grey(20, 20, () => 777)
    assert.deepEqual(new Set(cropRegion(flat, { x: 0, y: 0, width: 20, height: 20 }, 8)), new Set([0]))
  })
})

describe('thumbnail-of', () => {
  test('a place of the film is found in the thumbnail by scale and offsets', () => {
    const [x, y] = [330, 110]
    const film = grey(200, 400, (column, row) => (Math.hypot(column - x, row - y) < 25 ? 60000 : 2000))
    const { image, scale, offsetX, offsetY } = thumbnailOf(film, 100)
    assert.equal(scale, 4)
    assert.deepEqual([offsetX, offsetY], [0, 25])
    assert.equal(image[Math.round(y / scale + offsetY) * 100 + Math.round(x / scale + offsetX)], 255)
  })

  test('beside the film it is black', () => {
    const film = grey(300, 100, (x) => 30000 + x)
    const { image, offsetX } = thumbnailOf(film, 90)
    assert.equal(offsetX, 30)
    for (let row = 0; row < 90; row += 1) assert.equal(image[row * 90 + 10], 0)
  })
})

test('a cell is the average of its samples, from one line of them to eleven', () => {
  const edge = 4
  for (let lines = 1; lines <= 11; lines += 1) {
    const size = edge * lines
    const film = greyFilmOf(size, size, picture(size, size, 16))
    const grid = resample(film, { x: 0, y: 0, width: size, height: size }, edge, edge, lines)
    for (const [cell, value] of grid.entries()) {
      const [top, left] = [Math.floor(cell / edge) * lines, (cell % edge) * lines]
      let sum = 0
      for (let y = top; y < top + lines; y += 1)
        for (let x = left; x < left + lines; x += 1) sum += film.words[y * size + x] ?? 0
      assert.equal(value, Math.floor(sum / lines ** 2), `${lines} lines, cell ${cell}`)
    }
  }
})
