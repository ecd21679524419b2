import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { busiestFilmsPerS, needOf, waitsOf } from '../../bench/capacity/queue.ts'

const speed = { filmsPerSAPod: 2, rowsPerSASink: 20_000, megabytesAFilm: 1 }
const load = { name: 'a year', filmsAYear: 1_000_000, backfillFilms: 0 }

describe('capacity on paper', () => {
  test('a year in its busiest hour, by hand', () => {
    // 4,000 films a working day, 640 of them in one hour.
    assert.ok(Math.abs(busiestFilmsPerS(load) - 640 / 3600) < 1e-12)
    const need = needOf({ ...load, filmsAYear: 100_000_000 }, speed)
    // 17.8 films a second, at 60 % of 2 a second each.
    assert.equal(need.pods, 15)
    assert.ok(Math.abs(need.kafkaTerabytes - (100e6 / 365) * 45 * 3 * 1e-6) < 1e-9)
  })

  test('films wait longer where pods are busier, for ever where they are too few, and two runs say the same', () => {
    const at = (filmsAYear: number, pods: number) => waitsOf({ ...load, filmsAYear }, pods, speed)
    assert.deepEqual(at(1_000_000, 2), at(1_000_000, 2))
    assert.ok(at(1_000_000, 2).p99S < at(8_000_000, 2).p99S)
    assert.ok(at(100_000_000, 2).p99S > 100)
    assert.equal(at(1_000_000, 40).podsAtWork, 12, 'no more than partitions')
  })
})
