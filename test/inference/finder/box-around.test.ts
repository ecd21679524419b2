import assert from 'node:assert/strict'
import { test } from 'node:test'
import { boxAround } from '../../../src/inference/finder/box-around.ts'
import { randomFor } from '../../../src/simulation/clinics/seeded-random.ts'
import { sampleAcquisition } from '../../../src/simulation/films/devices.ts'
import { samplePerson } from '../../../src/simulation/films/person.ts'
import { renderFilm } from '../../../src/simulation/films/render-film.ts'

test('the box that true landmarks ask for is nearly the true one', () => {
  for (let index = 0; index < 12; index += 1) {
    const random = randomFor(9013, 'box', index)
    const person = samplePerson({ world: 'external', random })
    const acquisition = sampleAcquisition({ world: 'external', random })
    const film = renderFilm({ person, view: 'pelvis', acquisition, size: 384, random })
    for (const { box, landmarks, side } of film.hips) {
      const point = ({ x, y }: { x: number; y: number }) => ({ x, y, confidence: 1 })
      const { head, headRadius, neck, greaterTrochanter, lesserTrochanter, shaft } = landmarks
      const asked = boxAround(
        {
          head: point(head),
          headRadius,
          neck: point(neck),
          greaterTrochanter: point(greaterTrochanter),
          lesserTrochanter: point(lesserTrochanter),
          shaft: point(shaft),
        },
        1.2 * box.width,
        side === 'right',
      )
      assert.ok(Math.abs(asked.width / box.width - 1) < 0.1, `film ${index}: edge ${asked.width / box.width}`)
      assert.ok(Math.abs(asked.x + asked.width / 2 - box.x - box.width / 2) < 0.05 * box.width)
      assert.ok(Math.abs(asked.y + asked.height / 2 - box.y - box.height / 2) < 0.05 * box.height)
    }
  }
})
