import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { cropRegion } from '../../../src/imaging/picture/crop-region.ts'
import { greyAt } from '../../../src/imaging/picture/grey-film.ts'
import { type Random, randomFor, shuffled } from '../../../src/simulation/clinics/seeded-random.ts'
import { describeExposure } from '../../../src/simulation/films/describe-exposure.ts'
import { sampleAcquisition } from '../../../src/simulation/films/devices.ts'
import { samplePerson } from '../../../src/simulation/films/person.ts'
import { greyOf } from '../../../src/simulation/films/picture-of.ts'
import { type HipTruth, renderFilm } from '../../../src/simulation/films/render-film.ts'
import { greysOf } from '../../support/greys.ts'
import { maskFemur } from './mask-femur.ts'
import { readAcross } from './ridge-reader.ts'
import { mean, rankArea } from './sample-statistics.ts'

/** One hip and what different readers are given of it. */
type Sample = {
  readonly tScore: number
  /** Age and sex, within which hips are compared: both tell T honestly. */
  readonly stratum: string
  readonly whole: readonly number[]
  readonly withoutFemur: readonly number[]
  readonly tags: readonly number[]
  readonly brightness: readonly number[]
}

const films = 1000
const filmSize = 128
const cells = 20

/** The hip and its surroundings in a few hundred cells, for cortex and canal in finer ones across the shaft. */
const lookAt = (grey: ReturnType<typeof greyOf>, { box, side }: HipTruth): number[] => {
  const around = {
    x: box.x - 0.2 * box.width,
    y: box.y - 0.2 * box.height,
    width: 1.4 * box.width,
    height: 1.4 * box.height,
  }
  return [...cropRegion(grey, around, cells, side === 'right')]
}

const brightnessOf = (grey: ReturnType<typeof greyOf>, { box }: HipTruth): number[] => {
  const inBox: number[] = []
  for (let y = Math.max(0, Math.ceil(box.y)); y < Math.min(grey.rows, box.y + box.height); y += 1)
    for (let x = Math.max(0, Math.ceil(box.x)); x < Math.min(grey.columns, box.x + box.width); x += 1)
      inBox.push(greyAt(grey, y * grey.columns + x))
  return [mean([...greysOf(grey)]), mean(inBox)]
}

const draw = (index: number): Sample => {
  const random = randomFor(61, 'leak', index)
  const person = samplePerson({ world: 'hospital', random, hospitalMix: true })
  const device = sampleAcquisition({ world: 'external', random })
  const view = random() < 0.5 ? 'left' : 'right'
  const film = renderFilm({ person, view, acquisition: device, size: filmSize, random })
  const [hip] = film.hips
  assert.ok(hip !== undefined)
  const grey = greyOf(film)
  const header = describeExposure({ device, film, view, random: randomFor(61, 'header', index) })
  return {
    tScore: hip.tScore,
    stratum: `${person.sex}${Math.floor(person.age / 10)}`,
    whole: lookAt(grey, hip),
    withoutFemur: lookAt(maskFemur(grey, hip), hip),
    tags: [
      device.kvp,
      device.bitsStored,
      device.contrast,
      Number(device.photometric === 'MONOCHROME1'),
      Number(view === 'left'),
      film.rows,
      film.columns,
      film.spacingMm,
      header.exposureIndex ?? 0,
      header.deviationIndex ?? 0,
    ],
    brightness: brightnessOf(grey, hip),
  }
}

/** T without what age and sex say about it. */
const ownPartOf = (samples: readonly Sample[]): number[] => {
  const means = new Map(
    [...Map.groupBy(samples, ({ stratum }) => stratum)].map(([name, members]) => [
      name,
      mean(members.map(({ tScore }) => tScore)),
    ]),
  )
  return samples.map(({ tScore, stratum }) => tScore - (means.get(stratum) ?? 0))
}

/** AUC for osteoporosis among hips of people of one sex and decade, over all strata by their number of pairs. */
const areaWithin = (samples: readonly Sample[], read: readonly number[]): number => {
  let [wins, pairs] = [0, 0]
  const entries = samples.map((sample, index) => ({ ...sample, severity: -(read[index] ?? 0) }))
  for (const members of Map.groupBy(entries, ({ stratum }) => stratum).values()) {
    const severities = (sick: boolean) =>
      members.filter(({ tScore }) => tScore <= -2.5 === sick).map(({ severity }) => severity)
    const [sick, well] = [severities(true), severities(false)]
    if (sick.length === 0 || well.length === 0) continue
    pairs += sick.length * well.length
    wins += sick.length * well.length * rankArea(sick, well)
  }
  return wins / pairs
}

/** The same films with T dealt out anew among people of one sex and decade. */
const withPermutedT = (samples: readonly Sample[], random: Random): Sample[] => {
  const dealt = new Map(
    [...Map.groupBy(samples, ({ stratum }) => stratum)].map(([name, members]) => [
      name,
      shuffled(
        random,
        members.map(({ tScore }) => tScore),
      ),
    ]),
  )
  return samples.map((sample) => ({ ...sample, tScore: dealt.get(sample.stratum)?.pop() ?? 0 }))
}

/** AUC of a reader that learns from one half of the samples and reads the other, both ways. */
const areaOf = (samples: readonly Sample[], what: 'whole' | 'withoutFemur' | 'tags' | 'brightness'): number =>
  areaWithin(
    samples,
    readAcross(
      samples.map((sample) => sample[what]),
      ownPartOf(samples),
    ),
  )

describe('no shortcut to density, within people of one sex and decade', () => {
  let samples: Sample[] = []
  before(() => {
    samples = Array.from({ length: films }, (_, index) => draw(index))
  })

  test('the reader finds density where it is: in the whole hip', () => {
    const area = areaOf(samples, 'whole')
    assert.ok(area > 0.7, `AUC ${area}`)
  })

  for (const [what, name] of [
    ['withoutFemur', 'with the femur masked'],
    ['tags', 'from tags only'],
    ['brightness', 'from brightness only'],
  ] as const)
    test(`${name} it finds none`, () => {
      const area = areaOf(samples, what)
      assert.ok(area <= 0.55, `AUC ${area}`)
    })

  test('with T permuted it learns nothing', () => {
    const area = areaOf(withPermutedT(samples, randomFor(61, 'permutation')), 'whole')
    // Two standard errors of the AUC.
    assert.ok(Math.abs(area - 0.5) < 0.04, `AUC ${area}`)
  })
})
