import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Landmarks } from '../../../src/contracts/verdict.ts'
import {
  isFemur,
  landmarkScore,
  landmarksInCrop,
  landmarksOnFilm,
} from '../../../src/inference/finder/place-landmarks.ts'
import { femurOf } from '../../support/femur.ts'

const at = (x: number, y: number) => ({ x, y, confidence: 0.9 })
const femur = femurOf(0.9, 0.4)

test('landmarks of a crop lie on its film where the crop was cut, mirrored if it was', () => {
  const box = { x: 100, y: 50, width: 200, height: 200 }
  assert.deepEqual(landmarksOnFilm(femur, box, false).head, at(160, 100))
  assert.deepEqual(landmarksOnFilm(femur, box, true).head, at(240, 100))
  assert.equal(landmarksOnFilm(femur, box, true).headRadius, 34)
  for (const mirror of [false, true]) {
    const back = landmarksInCrop(landmarksOnFilm(femur, box, mirror), [100, 50, 200, 200])
    assert.ok(Math.abs(back.neck.x - femur.neck.x) + Math.abs(back.neck.y - femur.neck.y) < 1e-9)
    assert.ok(Math.abs(back.headRadius - femur.headRadius) < 1e-9)
  }
})

test('a hip is as sure as its landmarks are on average, and not at all where they make no femur', () => {
  assert.ok(Math.abs(landmarkScore(femur) - 0.8) < 1e-9)
  const nonsense: readonly Partial<Landmarks>[] = [
    { head: at(0.7, 0.25) },
    { neck: at(0.3, 0.75) },
    { greaterTrochanter: at(0.66, 0.75) },
    { lesserTrochanter: at(0.7, 0.69) },
    { shaft: at(0.52, 0.6) },
    { head: at(0.43, 0.36), neck: at(0.45, 0.37), greaterTrochanter: at(0.47, 0.37) },
    { headRadius: 0.05 },
  ]
  for (const change of nonsense) {
    assert.equal(isFemur({ ...femur, ...change }), false, JSON.stringify(change))
    assert.equal(landmarkScore({ ...femur, ...change }), 0)
  }
})
