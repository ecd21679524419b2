import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { FilmAttributes } from '../../../src/contracts/film-attributes.ts'
import { type LandmarkName, landmarkNames } from '../../../src/contracts/verdict.ts'
import type { GreyFilm } from '../../../src/imaging/picture/grey-film.ts'
import { type JudgedFilm, type JudgeFilm, openJudgeFilm } from '../../../src/inference/finder/judge-film.ts'
import { randomFor } from '../../../src/simulation/clinics/seeded-random.ts'
import type { HipCondition } from '../../../src/simulation/films/conditions.ts'
import { sampleAcquisition } from '../../../src/simulation/films/devices.ts'
import type { FilmFault } from '../../../src/simulation/films/film-faults.ts'
import { samplePerson } from '../../../src/simulation/films/person.ts'
import { greyOf } from '../../../src/simulation/films/picture-of.ts'
import {
  magnification,
  renderFilm,
  type SimulatedFilm,
  type View,
} from '../../../src/simulation/films/render-film.ts'

/** Seeds that neither training nor the choice of limits has seen. */
const heldOut = 9007

type Wanted = { view: View; right?: HipCondition; fault?: FilmFault }

const draw = (index: number, { view, right, fault }: Wanted): SimulatedFilm => {
  const random = randomFor(heldOut, 'judged', index)
  const sampled = samplePerson({ world: 'external', random, hospitalMix: true })
  const person = right === undefined ? sampled : { ...sampled, right: { ...sampled.right, condition: right } }
  const acquisition = sampleAcquisition({ world: 'external', random })
  const withFault = fault === undefined ? {} : { fault }
  return renderFilm({ person, view, acquisition, size: 512, random, ...withFault })
}

const mirrored = ({ rows, columns, words, greys }: GreyFilm): GreyFilm => {
  const turned = new Uint16Array(words)
  for (let row = 0; row < rows; row += 1) turned.subarray(row * columns, (row + 1) * columns).reverse()
  return { rows, columns, words: turned, greys }
}

describe('the gate at the engine', () => {
  let judgeFilm: JudgeFilm
  before(async () => {
    judgeFilm = await openJudgeFilm('models/hip-finder/1.3.0', 'cpu')
  })

  const judgeMany = async (films: number, wanted: Wanted, attributes: FilmAttributes = {}) => {
    const judged: JudgedFilm[] = []
    for (let index = 0; index < films; index += 1)
      judged.push(await judgeFilm(greyOf(draw(index, wanted)), attributes))
    return judged
  }
  const warningsOf = (film: JudgedFilm, side: string): readonly string[] =>
    film.kind === 'refused'
      ? [film.reason]
      : (film.hips.find((hip) => hip.side === side)?.warnings ?? ['absent'])
  const isSound = (film: JudgedFilm, side: string): boolean => warningsOf(film, side).length === 0

  test('of sound hips at most 2 % are refused or get a warning', async () => {
    const films = await judgeMany(100, { view: 'pelvis' })
    const sound = films.filter((film) => isSound(film, 'left') && isSound(film, 'right'))
    assert.ok(sound.length >= 98, `${sound.length} of 100`)
  })

  test('beside an implant the other hip counts, and the one with metal never', async () => {
    for (const right of ['prosthesis', 'cemented-prosthesis', 'screws'] as const) {
      const films = await judgeMany(20, { view: 'pelvis', right })
      const counted = films.filter((film) => isSound(film, 'left')).length
      const readWithMetal = films.filter((film) => isSound(film, 'right')).length
      assert.ok(counted >= 17, `${right}: the other hip counts on ${counted} of 20`)
      assert.equal(readWithMetal, 0, right)
    }
  })

  test('fractures, cement and objects are named at the hip that has them, and hardly ever read', async () => {
    for (const [wanted, warning, named] of [
      [{ view: 'pelvis', right: 'fresh-fracture' }, 'FRACTURE_IN_HIP', 17],
      [{ view: 'pelvis', right: 'old-fracture' }, 'FRACTURE_IN_HIP', 14],
      [{ view: 'pelvis', right: 'cemented-prosthesis' }, 'CEMENT_IN_HIP', 14],
      [{ view: 'right', fault: 'coin' }, 'OBJECT_OVER_REGION', 17],
      [{ view: 'right', fault: 'zipper' }, 'OBJECT_OVER_REGION', 17],
      [{ view: 'right', fault: 'ecg-lead' }, 'OBJECT_OVER_REGION', 17],
    ] as const) {
      const films = await judgeMany(20, wanted)
      const of = (isMeant: (film: JudgedFilm) => boolean): number => films.filter(isMeant).length
      const what = JSON.stringify(wanted)
      assert.ok(of((film) => warningsOf(film, 'right').includes(warning)) >= named, what)
      assert.ok(of((film) => isSound(film, 'right')) <= 20 - named, what)
    }
  })

  test('films with too few quanta are refused, nearly all for their exposure', async () => {
    const films = await judgeMany(20, { view: 'left', fault: 'under-exposed' })
    assert.ok(films.every((film) => !isSound(film, 'left')))
    const named = films.filter((film) => warningsOf(film, 'left').includes('POOR_EXPOSURE'))
    assert.ok(named.length >= 17, `${named.length} of 20`)
  })

  test('landmarks err by 3 mm at the median, each of them, and are as sure as they are right', async () => {
    const away = new Map<LandmarkName, number[]>(landmarkNames.map((name) => [name, []]))
    const [scores, near]: [number[], boolean[]] = [[], []]
    for (let index = 0; index < 40; index += 1) {
      const film = draw(index, { view: 'pelvis' })
      const judged = await judgeFilm(greyOf(film), {})
      for (const hip of judged.kind === 'judged' ? judged.hips : []) {
        const truth = film.hips.find(({ side }) => side === hip.side)
        if (truth === undefined) continue
        for (const name of landmarkNames) {
          const { x, y, confidence } = hip.landmarks[name]
          const pixels = Math.hypot(x - truth.landmarks[name].x, y - truth.landmarks[name].y)
          away.get(name)?.push((pixels * film.spacingMm) / magnification)
          scores.push(confidence)
          near.push(pixels < hip.box.width / 16)
        }
      }
    }
    for (const [name, errors] of away) {
      const median = errors.toSorted((a, b) => a - b)[Math.floor(errors.length / 2)] ?? Infinity
      assert.ok(errors.length >= 76 && median <= 3, `${name}: ${median} mm`)
    }
    const share = near.filter(Boolean).length / near.length
    const confidence = scores.reduce((sum, score) => sum + score, 0) / scores.length
    assert.ok(Math.abs(share - confidence) < 0.1, `${share} lie near, ${confidence} are believed to`)
  })

  test('a wrong letter puts the side in doubt, of a single hip and of both; hardly any is missed', async () => {
    for (const view of ['left', 'right', 'pelvis'] as const) {
      const films = await judgeMany(20, { view, fault: 'wrong-marker' })
      const doubtful = films.filter(
        (film) =>
          film.kind === 'judged' &&
          film.hips.every(({ side, warnings }) => side === 'unknown' && warnings.includes('SIDE_IN_DOUBT')),
      )
      assert.ok(doubtful.length >= 17, `${view}: ${doubtful.length} of 20`)
    }
  })

  test('a film that is laid mirrored is given away by its letter', async () => {
    let [doubtful, withLetter] = [0, 0]
    for (let index = 0; index < 30; index += 1) {
      const film = draw(index, { view: 'right' })
      if (film.marker === undefined) continue
      withLetter += 1
      const judged = await judgeFilm(mirrored(greyOf(film)), {})
      if (judged.kind === 'judged' && judged.hips.every(({ side }) => side === 'unknown')) doubtful += 1
    }
    assert.ok(withLetter >= 15 && doubtful >= 0.8 * withLetter, `${doubtful} of ${withLetter}`)
  })

  test('a hip that the collimator cuts off is never read; both of a pelvis are refused for that reason', async () => {
    for (const [view, named] of [
      ['left', 8],
      ['pelvis', 18],
    ] as const) {
      const films = await judgeMany(20, { view, fault: 'cut-off' })
      assert.ok(films.every((film) => !isSound(film, 'left') && !isSound(film, 'right')))
      const reasons = films.flatMap((film) => warningsOf(film, 'left'))
      const cutOff = reasons.filter((reason) => reason.startsWith('CUT_OFF')).length
      assert.ok(cutOff >= named, `${view}: ${reasons.join(', ')}`)
    }
  })

  test('a single hip whose tag names the other side is in doubt; the crop is mirrored as the image shows it', async () => {
    const [agreeing] = await judgeMany(1, { view: 'left' }, { laterality: 'L' })
    assert.ok(agreeing !== undefined && isSound(agreeing, 'left'))
    const [contrary] = await judgeMany(1, { view: 'left' }, { laterality: 'R' })
    assert.ok(contrary?.kind === 'judged')
    assert.deepEqual(
      contrary.hips.map(({ side, mirror, warnings }) => ({ side, mirror, warnings })),
      [{ side: 'unknown', mirror: false, warnings: ['SIDE_IN_DOUBT'] }],
    )
  })
})
