import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ReadMarker } from '../../../src/inference/finder/read-markers.ts'
import { type SideEvidence, settleSides } from '../../../src/inference/finder/settle-sides.ts'

type Side = SideEvidence['hips'][number]['side']

const hipAt = (x: number, side: Side) => ({ side, box: { x: x - 50, y: 200, width: 100, height: 100 } })
const letterAt = (x: number, letter: ReadMarker['letter']): ReadMarker => ({ letter, x, y: 40 })

const sidesOfOne = (side: Side, known: Partial<SideEvidence> = {}) =>
  settleSides({
    hips: [hipAt(300, side)],
    isPelvis: false,
    columns: 1000,
    laterality: undefined,
    markers: [],
    ...known,
  })
const sidesOfTwo = (sides: readonly [Side, Side], ...markers: ReadMarker[]) =>
  settleSides({
    hips: [hipAt(300, sides[0]), hipAt(700, sides[1])],
    isPelvis: true,
    columns: 1000,
    laterality: undefined,
    markers,
  })

test('tag, letter and image of a single hip must agree; who says nothing is not asked', () => {
  assert.deepEqual(sidesOfOne('left'), ['left'])
  assert.deepEqual(sidesOfOne('left', { laterality: 'L', markers: [letterAt(900, 'left')] }), ['left'])
  assert.deepEqual(sidesOfOne('left', { laterality: 'R' }), ['unknown'])
  assert.deepEqual(sidesOfOne('left', { markers: [letterAt(100, 'right')] }), ['unknown'])
  assert.deepEqual(sidesOfOne('left', { laterality: 'L', markers: [letterAt(1, 'right')] }), ['unknown'])
  assert.deepEqual(sidesOfOne('left', { markers: [letterAt(1, 'right'), letterAt(2, 'left')] }), ['unknown'])
  assert.deepEqual(sidesOfOne('left', { laterality: 'B' }), ['left'])
})

test('where the image does not say, tag or letter do, unless they disagree', () => {
  assert.deepEqual(sidesOfOne('unknown'), ['unknown'])
  assert.deepEqual(sidesOfOne('unknown', { laterality: 'R' }), ['right'])
  assert.deepEqual(sidesOfOne('unknown', { markers: [letterAt(100, 'right')] }), ['right'])
  assert.deepEqual(sidesOfOne('unknown', { laterality: 'L', markers: [letterAt(9, 'right')] }), ['unknown'])
})

test('on a pelvis a letter speaks for the half that it lies in, and a wrong one puts both hips in doubt', () => {
  assert.deepEqual(sidesOfTwo(['right', 'left']), ['right', 'left'])
  assert.deepEqual(sidesOfTwo(['right', 'left'], letterAt(950, 'left')), ['right', 'left'])
  assert.deepEqual(sidesOfTwo(['right', 'left'], letterAt(950, 'right')), ['unknown', 'unknown'])
  assert.deepEqual(sidesOfTwo(['right', 'left'], letterAt(50, 'left')), ['unknown', 'unknown'])
  assert.deepEqual(sidesOfTwo(['right', 'left'], letterAt(510, 'right')), ['right', 'left'], 'in the middle')
  assert.deepEqual(sidesOfTwo(['right', 'left'], letterAt(50, 'right'), letterAt(950, 'right')), [
    'unknown',
    'unknown',
  ])
})

test('on a pelvis letters name hips whose side the image does not show', () => {
  assert.deepEqual(sidesOfTwo(['unknown', 'unknown']), ['unknown', 'unknown'])
  assert.deepEqual(sidesOfTwo(['unknown', 'left']), ['unknown', 'left'])
  assert.deepEqual(sidesOfTwo(['unknown', 'left'], letterAt(950, 'left')), ['right', 'left'])
  assert.deepEqual(sidesOfTwo(['unknown', 'unknown'], letterAt(50, 'left')), ['left', 'right'])
})

test('where one hip of a pelvis is found, a letter on the other half speaks for the other hip', () => {
  const pelvis = { isPelvis: true } as const
  assert.deepEqual(sidesOfOne('right', { ...pelvis, markers: [letterAt(950, 'left')] }), ['right'])
  assert.deepEqual(sidesOfOne('right', { ...pelvis, markers: [letterAt(950, 'right')] }), ['unknown'])
  assert.deepEqual(
    sidesOfOne('right', { ...pelvis, markers: [letterAt(950, 'right')], laterality: 'R' }),
    ['unknown'],
    'a tag does not outvote image and letter that disagree',
  )
  assert.deepEqual(sidesOfOne('unknown', { ...pelvis, markers: [letterAt(950, 'left')] }), ['right'])
  assert.deepEqual(sidesOfOne('right', { ...pelvis, laterality: 'L' }), ['unknown'])
})
