import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { randomFor } from '../../../src/simulation/clinics/seeded-random.ts'
import { sampleAcquisition } from '../../../src/simulation/films/devices.ts'
import { samplePerson } from '../../../src/simulation/films/person.ts'
import { renderFilm, type SimulatedFilm, type View } from '../../../src/simulation/films/render-film.ts'
import { refusedKinds, renderRefusedFilm } from '../../../src/simulation/films/render-refused.ts'
import { mean, rankArea } from './sample-statistics.ts'

const draw = (index: number, view: View, size = 256): SimulatedFilm => {
  const random = randomFor(21, 'film', index)
  const person = samplePerson({ world: 'hospital', random, hospitalMix: true })
  return renderFilm({
    person,
    view,
    acquisition: sampleAcquisition({ world: 'external', random }),
    size,
    random,
  })
}

/** The same film with all that the simulator can draw. */
const drawWhole = (index: number, view: View, size = 256): SimulatedFilm => {
  const random = randomFor(21, 'film', index)
  const person = samplePerson({ world: 'hospital', random, hospitalMix: true })
  const acquisition = sampleAcquisition({ world: 'external', random })
  return renderFilm({ person, view, acquisition, size, random, anatomy: 'whole' })
}

const hashOf = ({ pixels }: SimulatedFilm): string =>
  createHash('sha256').update(new Uint8Array(pixels.buffer)).digest('hex')

/** Value at a place in which bone is bright, as a share of the range. */
const greyAt = (film: SimulatedFilm, { x, y }: { x: number; y: number }): number => {
  const value = (film.pixels[Math.round(y) * film.columns + Math.round(x)] ?? 0) / (2 ** film.bitsStored - 1)
  return film.photometric === 'MONOCHROME1' ? 1 - value : value
}

test('the same seed gives the same bytes, another seed others', () => {
  assert.equal(hashOf(draw(1, 'pelvis')), hashOf(draw(1, 'pelvis')))
  assert.notEqual(hashOf(draw(1, 'pelvis')), hashOf(draw(2, 'pelvis')))
})

test('a whole pelvis has its landmarks within the film and its boxes, and the same seed gives the same bytes', () => {
  assert.equal(hashOf(drawWhole(1, 'pelvis')), hashOf(drawWhole(1, 'pelvis')))
  assert.notEqual(hashOf(drawWhole(1, 'pelvis')), hashOf(draw(1, 'pelvis')))
  for (const view of ['left', 'right', 'pelvis'] as const)
    for (let index = 0; index < 8; index += 1) {
      const { hips, rows, columns } = drawWhole(index, view)
      assert.equal(hips.length, view === 'pelvis' ? 2 : 1)
      for (const { landmarks, box } of hips)
        for (const { x, y } of [landmarks.head, landmarks.neck, landmarks.greaterTrochanter]) {
          assert.ok(x > 0 && x < columns && y > 0 && y < rows, `${view} ${index}: on the film`)
          assert.ok(x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height, 'in the box')
        }
    }
})

test('a whole pelvis shows more edges than a plain one', () => {
  const edgesOf = (film: SimulatedFilm): number => {
    const range = 2 ** film.bitsStored
    const steps = [...film.pixels.keys()].filter(
      (at) => Math.abs((film.pixels[at] ?? 0) - (film.pixels[at + 2] ?? 0)) > 0.02 * range,
    )
    return steps.length / film.pixels.length
  }
  const sum = (of: typeof draw): number =>
    [1, 2, 3, 4].reduce((total, index) => total + edgesOf(of(index, 'pelvis', 384)), 0)
  assert.ok(sum(drawWhole) > 1.1 * sum(draw), `${sum(drawWhole)} and ${sum(draw)}`)
})

test('a pelvis shows both hips, and the left one on the right of the image', () => {
  const { hips, columns, rows, pixels } = draw(3, 'pelvis')
  assert.equal(pixels.length, rows * columns)
  const [right, left] = hips
  assert.deepEqual([right?.side, left?.side], ['right', 'left'])
  assert.ok((right?.landmarks.head.x ?? columns) < columns / 2 && (left?.landmarks.head.x ?? 0) > columns / 2)
})

test('landmarks lie within the box and on bone that is brighter than the soft tissue beside the shaft', () => {
  for (const view of ['left', 'right'] as const)
    for (const film of [draw(4, view, 384), draw(5, view, 384)]) {
      const [hip] = film.hips
      assert.ok(hip !== undefined && film.hips.length === 1 && hip.side === view)
      const { head, neck, lesserTrochanter, shaft, headRadius } = hip.landmarks
      for (const { x, y } of [head, neck, lesserTrochanter, shaft]) {
        assert.ok(x > hip.box.x && x < hip.box.x + hip.box.width, 'x in the box')
        assert.ok(y > hip.box.y && y < hip.box.y + hip.box.height, 'y in the box')
      }
      const medial = { x: shaft.x + (view === 'left' ? -1.4 : 1.4) * headRadius, y: shaft.y }
      assert.ok(greyAt(film, shaft) > greyAt(film, medial) + 0.03, 'the shaft is brighter than the thigh')
      assert.ok(Math.abs(headRadius * film.spacingMm - 28.2) < 7, 'head radius in mm at the detector')
    }
})

test('values stay within the bits of the device and fill most of them', () => {
  for (let index = 0; index < 6; index += 1) {
    const { pixels, bitsStored } = draw(index, 'left', 160)
    const top = pixels.reduce((most, value) => Math.max(most, value), 0)
    assert.ok(top < 2 ** bitsStored && top > 0.8 * 2 ** bitsStored)
  }
})

test('mean brightness of the film or of the hip carries no osteoporosis', () => {
  const brightness: Record<'film' | 'hip', { sick: number[]; well: number[] }> = {
    film: { sick: [], well: [] },
    hip: { sick: [], well: [] },
  }
  for (let index = 0; index < 700; index += 1) {
    const film = draw(index + 100, 'left', 96)
    const [hip] = film.hips
    assert.ok(hip !== undefined)
    const group = hip.tScore <= -2.5 ? 'sick' : 'well'
    const inBox: number[] = []
    for (let y = Math.max(0, hip.box.y); y < Math.min(film.rows - 1, hip.box.y + hip.box.height); y += 2)
      for (let x = Math.max(0, hip.box.x); x < Math.min(film.columns - 1, hip.box.x + hip.box.width); x += 2)
        inBox.push(greyAt(film, { x, y }))
    brightness.hip[group].push(mean(inBox))
    const all = mean([...film.pixels]) / (2 ** film.bitsStored - 1)
    brightness.film[group].push(film.photometric === 'MONOCHROME1' ? 1 - all : all)
  }
  for (const { sick, well } of Object.values(brightness)) {
    const area = rankArea(sick, well)
    // Two standard errors of an AUC from 120 against 580 films are .06.
    assert.ok(Math.abs(area - 0.5) < 0.05 + 0.06, `AUC ${area}`)
  }
})

test('every kind that must be refused is drawn, the same for the same seed', () => {
  for (const kind of refusedKinds) {
    const film = () => {
      const random = randomFor(31, kind)
      const acquisition = sampleAcquisition({ world: 'external', random })
      return renderRefusedFilm({ kind, acquisition, size: 128, random })
    }
    const drawn = film()
    assert.equal(drawn.pixels.length, drawn.rows * drawn.columns)
    assert.equal(hashOf(drawn), hashOf(film()), kind)
    assert.equal(drawn.hips.length > 0, kind === 'child' || kind === 'implants', kind)
    assert.ok(new Set(drawn.pixels).size > 50, `${kind} has shades`)
  }
})

test('a thigh that is spread lies outwards of where it hangs, with its landmarks', () => {
  const landmarksOf = (spread: number) => {
    const random = randomFor(41, 'spread')
    const person = samplePerson({ world: 'hospital', random })
    const acquisition = sampleAcquisition({ world: 'hospital', random })
    return renderFilm({ person, view: 'left', acquisition, size: 128, random, spread }).hips[0]?.landmarks
  }
  const [hanging, spread] = [landmarksOf(0), landmarksOf(0.7)]
  assert.ok(hanging !== undefined && spread !== undefined)
  assert.deepEqual(spread.head, hanging.head)
  assert.ok(spread.shaft.x > hanging.shaft.x + 5 && spread.shaft.y < hanging.shaft.y - 5)
})

test('a leg turned outwards shows a shorter neck and more of the lesser trochanter', () => {
  const seenAt = (mean: number) => {
    const random = randomFor(43, 'rotation')
    const person = samplePerson({ world: 'hospital', random })
    const acquisition = {
      ...sampleAcquisition({ world: 'hospital', random }),
      rotationDeg: { mean, sd: 0 },
    }
    const hip = renderFilm({ person, view: 'left', acquisition, size: 256, random }).hips[0]
    assert.ok(hip !== undefined)
    const { head, greaterTrochanter, lesserTrochanter, shaft } = hip.landmarks
    return { neck: greaterTrochanter.x - head.x, lesser: shaft.x - lesserTrochanter.x }
  }
  const [inwards, outwards] = [seenAt(15), seenAt(-20)]
  assert.ok(outwards.neck < 0.95 * inwards.neck, `${outwards.neck} ${inwards.neck}`)
  assert.ok(outwards.lesser > 1.3 * inwards.lesser, `${outwards.lesser} ${inwards.lesser}`)
})
