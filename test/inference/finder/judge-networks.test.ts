import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AgeBand } from '../../../src/contracts/film-attributes.ts'
import type { Landmarks } from '../../../src/contracts/verdict.ts'
import { greyFilmOf } from '../../../src/imaging/picture/grey-film.ts'
import type { FoundHip, FoundHips } from '../../../src/inference/finder/find-hips.ts'
import {
  createJudgeFilm,
  type FinderNetworks,
  type JudgedFilm,
} from '../../../src/inference/finder/judge-film.ts'
import type { HipSign } from '../../../src/inference/packages/model-manifest.ts'
import { femurOf } from '../../support/femur.ts'

const edge = 200
/** Grey that rises to one corner, and lead from a row on. */
const filmWithLeadFrom = (row: number) => {
  const pixels = Uint16Array.from({ length: edge * edge }, (_, index) =>
    index >= row * edge ? 64_000 : 15_000 + 150 * (Math.floor(index / edge) + (index % edge)),
  )
  return greyFilmOf(edge, edge, pixels)
}

const femur = femurOf(0.88)
const hip: FoundHip = { side: 'left', box: { x: 20, y: 20, width: 160, height: 160 }, score: 0.9 }

type Given = {
  readonly found?: FoundHips
  readonly told?: readonly HipSign[]
  readonly landmarks?: Landmarks
  readonly letters?: readonly ('left' | 'right')[]
}
const networksOf = ({ found, told = [], landmarks = femur, letters = [] }: Given): FinderNetworks => ({
  shortestSidePixels: 160,
  findHips: async () => found ?? { kind: 'found', hips: [hip], suspectsImplants: false, isPelvis: false },
  cropSize: 16,
  tellConditions: async (crops) => crops.map(() => new Set(told)),
  placeLandmarks: async (crops) => crops.map(() => landmarks),
  readMarkers: async () => letters.map((letter) => ({ letter, x: 10, y: 10 })),
})
const judge = (given: Given, leadFrom = edge, attributes = {}): Promise<JudgedFilm> =>
  createJudgeFilm(networksOf(given))(filmWithLeadFrom(leadFrom), attributes)

const foundAs = (side: FoundHip['side']): Extract<FoundHips, { kind: 'found' }> => ({
  kind: 'found',
  hips: [{ ...hip, side }],
  suspectsImplants: false,
  isPelvis: false,
})

describe('the judge of films, between its networks', () => {
  test('a letter that contradicts the image puts the side in doubt; the crop is turned as the image says', async () => {
    const sidesOf = async (given: Given, attributes = {}) => {
      const judged = await judge(given, edge, attributes)
      assert.ok(judged.kind === 'judged')
      return judged.hips.map(({ side, mirror, warnings }) => [side, mirror, ...warnings])
    }
    assert.deepEqual(await sidesOf({ letters: ['left'] }), [['left', false]])
    assert.deepEqual(await sidesOf({ letters: ['right'] }), [['unknown', false, 'SIDE_IN_DOUBT']])
    assert.deepEqual(await sidesOf({ found: foundAs('right'), letters: ['left'] }), [
      ['unknown', true, 'SIDE_IN_DOUBT'],
    ])
    assert.deepEqual(await sidesOf({ found: foundAs('unknown'), letters: ['right'] }), [['right', true]])
    assert.deepEqual(await sidesOf({ found: foundAs('unknown') }, { laterality: 'R' }), [['right', true]])
    assert.deepEqual(await sidesOf({ found: foundAs('unknown') }), [['unknown', false, 'SIDE_IN_DOUBT']])
  })

  test('landmarks stand on each hip in pixels of the film, and make its score', async () => {
    const judged = await judge({})
    assert.ok(judged.kind === 'judged')
    assert.deepEqual(judged.hips[0]?.landmarks.head, { x: 68, y: 60, confidence: 0.88 })
    assert.ok(Math.abs((judged.hips[0]?.score ?? 0) - 0.88) < 1e-9)
    const mirrored = await judge({ found: foundAs('right') })
    assert.ok(mirrored.kind === 'judged')
    assert.deepEqual(mirrored.hips[0]?.landmarks.head, { x: 132, y: 60, confidence: 0.88 })
  })

  test('what was found as a hip and shows no femur is no hip', async () => {
    const nonsense = { ...femur, head: { x: 0.9, y: 0.25, confidence: 0.8 } }
    assert.equal((await judge({ landmarks: nonsense })).kind, 'refused')
    const found: FoundHips = { ...foundAs('left'), hips: [hip, { ...hip, side: 'right' }], isPelvis: true }
    const networks = networksOf({ found })
    const placeLandmarks: FinderNetworks['placeLandmarks'] = async () => [femur, nonsense]
    const judged = await createJudgeFilm({ ...networks, placeLandmarks })(filmWithLeadFrom(edge), {})
    assert.ok(judged.kind === 'judged')
    assert.deepEqual(
      judged.hips.map(({ side }) => side),
      ['left'],
    )
  })

  test('a hip whose landmarks are not sure is looked at again in the box that they ask for', async () => {
    const looks: number[] = []
    const judgeWith = async (confidences: readonly number[]) => {
      looks.length = 0
      const networks: FinderNetworks = {
        ...networksOf({}),
        placeLandmarks: async (crops) => crops.map(() => femurOf(confidences[looks.push(1) - 1] ?? 0)),
      }
      const judged = await createJudgeFilm(networks)(filmWithLeadFrom(edge), {})
      assert.ok(judged.kind === 'judged')
      return judged.hips[0]
    }
    const sure = await judgeWith([0.95])
    assert.deepEqual([looks.length, sure?.box], [1, hip.box])
    const better = await judgeWith([0.5, 0.95])
    assert.equal(looks.length, 2)
    assert.ok(better !== undefined && better.score === 0.9 && better.box.y > hip.box.y)
    const worse = await judgeWith([0.875, 0.4, 0.9])
    assert.deepEqual([looks.length, worse?.box, worse?.score], [2, hip.box, 0.875])
    let seen = 0
    const placeLandmarks: FinderNetworks['placeLandmarks'] = async (crops) => {
      seen += 1
      return crops.map(() => femurOf(0.5))
    }
    await createJudgeFilm({ ...networksOf({ told: ['cutOff'] }), placeLandmarks })(filmWithLeadFrom(edge), {})
    assert.equal(seen, 1, 'another box would leave lead out')
  })

  test('two sure hips and the age of an adult speak against what only looks like a child or a photograph', async () => {
    const pair = [hip, { ...hip, side: 'right' as const }]
    const answerOf = async (
      view: 'child' | 'photograph' | 'knee',
      suspected: FoundHip[],
      ageBand?: AgeBand,
    ) => {
      const found: FoundHips = { kind: 'refused', reason: 'NOT_A_HIP', detail: '', view, suspected }
      return (await judge({ found }, edge, ageBand === undefined ? {} : { ageBand })).kind
    }
    assert.equal(await answerOf('child', pair, '65-69'), 'judged')
    assert.equal(await answerOf('photograph', pair, '18-49'), 'judged')
    assert.equal(await answerOf('child', pair), 'refused', 'no age')
    assert.equal(await answerOf('child', pair, '0-17'), 'refused')
    assert.equal(await answerOf('knee', pair, '65-69'), 'refused')
    assert.equal(await answerOf('child', [hip], '65-69'), 'refused', 'one hip')
    assert.equal(await answerOf('child', [hip, { ...hip, side: 'right', score: 0.8 }], '65-69'), 'refused')
  })

  test('a film that looks like another view because lead hides its hips is refused as cut off', async () => {
    const refused: FoundHips = {
      kind: 'refused',
      reason: 'OPEN_GROWTH_PLATES',
      detail: 'the film looks like: child',
      suspected: [hip],
    }
    const reasonOf = async (given: Given, leadFrom?: number) => {
      const judged = await judge(given, leadFrom)
      return judged.kind === 'refused' ? judged.reason : judged.kind
    }
    assert.equal(await reasonOf({ found: refused, told: ['cutOff'] }, 110), 'CUT_OFF')
    assert.equal(await reasonOf({ found: refused, told: ['cutOff'] }), 'OPEN_GROWTH_PLATES', 'no lead')
    assert.equal(await reasonOf({ found: refused }, 110), 'OPEN_GROWTH_PLATES', 'the network sees none')
    assert.equal(await reasonOf({ found: { ...refused, suspected: [] } }, 110), 'OPEN_GROWTH_PLATES')
    assert.equal(await reasonOf({ found: { ...refused, suspected: [hip, hip] } }), 'OPEN_GROWTH_PLATES')
  })
})
