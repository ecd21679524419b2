import assert from 'node:assert/strict'
import { test } from 'node:test'
import { greyAt } from '../../../src/imaging/picture/grey-film.ts'
import { imageStatistics } from '../../../src/imaging/picture/image-statistics.ts'
import { randomFor } from '../../../src/simulation/clinics/seeded-random.ts'
import { describeExposure } from '../../../src/simulation/films/describe-exposure.ts'
import { sampleAcquisition } from '../../../src/simulation/films/devices.ts'
import type { FilmFault } from '../../../src/simulation/films/film-faults.ts'
import { samplePerson } from '../../../src/simulation/films/person.ts'
import { greyOf } from '../../../src/simulation/films/picture-of.ts'
import { renderFilm, type SimulatedFilm } from '../../../src/simulation/films/render-film.ts'
import { greysOf } from '../../support/greys.ts'

const draw = (fault?: FilmFault): SimulatedFilm => {
  const random = randomFor(31, 'fault')
  const person = samplePerson({ world: 'hospital', random })
  const acquisition = sampleAcquisition({ world: 'hospital', random })
  const fault_ = fault === undefined ? {} : { fault }
  return renderFilm({ person, view: 'left', acquisition, size: 256, random, ...fault_ })
}

type Share = (film: SimulatedFilm, isMeant: (grey: number) => boolean) => number

/** Of the hip's box. */
const shareOf: Share = (film, isMeant) => {
  const grey = greyOf(film)
  const { columns, rows } = grey
  const box = film.hips[0]?.box ?? { x: 0, y: 0, width: 0, height: 0 }
  let [seen, meant] = [0, 0]
  for (let y = Math.max(0, Math.floor(box.y)); y < Math.min(rows, box.y + box.height); y += 1)
    for (let x = Math.max(0, Math.floor(box.x)); x < Math.min(columns, box.x + box.width); x += 1) {
      seen += 1
      if (isMeant(greyAt(grey, y * columns + x))) meant += 1
    }
  return meant / seen
}

const changedShare = (film: SimulatedFilm): number => {
  const sound = draw().pixels
  const top = 2 ** film.bitsStored
  return film.pixels.filter((value, index) => Math.abs(value - (sound[index] ?? 0)) > 0.1 * top).length
}

test('a film that is exposed too much loses its dark greys, one with too few quanta drowns in noise', () => {
  const isBlack = (grey: number): boolean => grey < 600
  assert.ok(shareOf(draw('over-exposed'), isBlack) > shareOf(draw(), isBlack) + 0.2)
  const noiseOf = (film: SimulatedFilm): number => imageStatistics(greyOf(film)).noise
  assert.ok(noiseOf(draw('under-exposed')) > 2.5 * noiseOf(draw()))
})

test('collimation that cuts a hip off leaves no grey below', () => {
  const grey = greyOf(draw('cut-off'))
  const lowest = greysOf(grey).subarray((grey.rows - 3) * grey.columns)
  assert.ok(Math.max(...lowest) - Math.min(...lowest) < 0.05 * 65_535)
})

test('a coin, a zipper, an ECG lead and the wrong letter change little of a film, and the hip not at all', () => {
  for (const fault of ['coin', 'zipper', 'ecg-lead', 'wrong-marker'] as const) {
    const film = draw(fault)
    assert.notDeepEqual(film.pixels, draw().pixels, fault)
    assert.deepEqual(film.hips, draw().hips, fault)
    assert.ok(changedShare(film) < 0.1 * film.pixels.length, fault)
  }
})

test('a film says which letter lies on it and where: metal, brighter than what it lies on', () => {
  const film = draw('wrong-marker')
  assert.ok(film.marker)
  assert.equal(film.marker.letter, 'right', 'on a left hip')
  const { x, y, width, height } = film.marker.box
  const grey = greyOf(film)
  const meanOf = (left: number, top: number): number => {
    let sum = 0
    for (let row = 0; row < Math.floor(height); row += 1)
      for (let column = 0; column < Math.floor(width); column += 1)
        sum += greyAt(grey, (top + row) * grey.columns + left + column)
    return sum / (Math.floor(height) * Math.floor(width))
  }
  for (const beside of [-height, height])
    assert.ok(meanOf(x, y) > meanOf(x, Math.round(y + beside)) + 3000, `${beside} px below`)
})

test('a header says for what the film is meant, and the other side where the operator chose it', () => {
  const random = randomFor(31, 'header')
  const device = sampleAcquisition({ world: 'hospital', random })
  const options = { device, film: draw(), view: 'left', random } as const
  const { intent, laterality } = describeExposure(options)
  assert.deepEqual([intent, laterality], ['FOR PRESENTATION', 'L'])
  const other = describeExposure({ ...options, intent: 'FOR PROCESSING', wrongSide: true })
  assert.deepEqual([other.intent, other.laterality], ['FOR PROCESSING', 'R'])
})
