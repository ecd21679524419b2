import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type GreyFilm, greyFilmOf } from '../../src/imaging/picture/grey-film.ts'
import { type JudgeFilm, openJudgeFilm } from '../../src/inference/finder/judge-film.ts'
import { readFinderManifest } from '../../src/inference/finder/read-finder.ts'
import { shortestSidePixels } from '../../src/producers/gate-film.ts'
import { randomFor } from '../../src/simulation/clinics/seeded-random.ts'
import { sampleAcquisition } from '../../src/simulation/films/devices.ts'
import { samplePerson } from '../../src/simulation/films/person.ts'
import { greyOf } from '../../src/simulation/films/picture-of.ts'
import { renderFilm } from '../../src/simulation/films/render-film.ts'
import { seededWords } from '../imaging/films.ts'

const finder = 'models/hip-finder/1.3.0'
const [rows, columns] = [600, 450]

/** A picture from x and y as shares of its edges. */
const drawn = (grey: (x: number, y: number) => number): GreyFilm =>
  greyFilmOf(
    rows,
    columns,
    Uint16Array.from({ length: rows * columns }, (_, at) =>
      Math.round(
        65535 * Math.min(1, Math.max(0, grey((at % columns) / columns, Math.floor(at / columns) / rows))),
      ),
    ),
  )

/** Lines of signs that look like print: each is 5 x 7 squares, black or white by chance. */
const page = (square: number, ink: number): GreyFilm => {
  const [paper, across] = [1 - ink, 6 * square]
  const words = seededWords(square)
  const signs = Array.from({ length: 40_000 }, () => words())
  return drawn((x, y) => {
    const [column, row] = [Math.floor(x * columns), Math.floor(y * rows)]
    const [sign, line] = [Math.floor(column / across), Math.floor(row / (11 * square))]
    const [dx, dy] = [Math.floor((column % across) / square), Math.floor((row % (11 * square)) / square)]
    const bits = signs[line * 200 + sign] ?? 0
    const isGap = dx > 4 || dy > 6 || bits % 6 === 0
    return isGap ? paper : (bits >>> ((5 * dy + dx) % 29)) & 1 ? ink : paper
  })
}

/** A film of half its rows, cut down to so many pixels along its shorter side. */
const hipOf = (size: number): GreyFilm => {
  const random = randomFor(9011, 'small', size)
  return greyOf(
    renderFilm({
      person: samplePerson({ world: 'external', random, hospitalMix: true }),
      view: 'right',
      acquisition: sampleAcquisition({ world: 'external', random }),
      size,
      random,
    }),
  )
}

describe('what shows no body is no hip, whatever view the network finds it most like', () => {
  let judgeFilm: JudgeFilm
  before(async () => {
    judgeFilm = await openJudgeFilm(finder, 'cpu')
  })
  const reasonOf = async (film: GreyFilm): Promise<string> => {
    const judged = await judgeFilm(film, { ageBand: '65-69' })
    return judged.kind === 'refused' ? judged.reason : judged.kind
  }

  const noise = seededWords(27)
  const pictures: [string, GreyFilm][] = [
    ['black', drawn(() => 0)],
    ['white', drawn(() => 1)],
    ['a gradient across', drawn((x) => x)],
    ['one the other way', drawn((x) => 1 - x)],
    ['a gradient down', drawn((_, y) => y)],
    ['one up', drawn((_, y) => 1 - y)],
    ['a gradient to a corner', drawn((x, y) => (x + y) / 2)],
    ['a gradient from the middle', drawn((x, y) => 1 - 1.4 * Math.hypot(x - 0.5, y - 0.5))],
    ['a gradient with noise', drawn((x) => x + ((noise() % 100) - 50) / 8000)],
    ['half white, beside', drawn((x) => (x < 0.5 ? 1 : 0))],
    ['half white, above', drawn((_, y) => (y < 0.5 ? 1 : 0))],
    ['noise', drawn(() => noise() / 2 ** 32)],
    ['a page in small print', page(2, 0)],
    ['a page in print', page(3, 0)],
    ['a page in large print', page(6, 0)],
    ['a page, white on black', page(3, 1)],
  ]
  for (const [name, film] of pictures) test(name, async () => assert.equal(await reasonOf(film), 'NOT_A_HIP'))

  test('a hip has a name, so that this can fail', async () => {
    assert.notEqual(await reasonOf(hipOf(512)), 'NOT_A_HIP')
  })

  test('a film below the floor of the finder’s manifest is refused at screening, for just that', async () => {
    const manifest = await readFinderManifest(finder)
    const [small, floor] = [await reasonOf(hipOf(64)), manifest.shortestSidePixels]
    assert.equal(small, 'TOO_FEW_PIXELS')
    const enough = greyFilmOf(floor, floor + 5, new Uint16Array(floor * (floor + 5)))
    const fewer = greyFilmOf(floor - 1, floor + 5, new Uint16Array((floor - 1) * (floor + 5)))
    assert.deepEqual([await reasonOf(enough), await reasonOf(fewer)], ['NOT_A_HIP', 'TOO_FEW_PIXELS'])
  })

  test('the gate of a clinic, which has no finder, keeps the same floor', async () => {
    assert.equal(shortestSidePixels, (await readFinderManifest(finder)).shortestSidePixels)
  })
})
