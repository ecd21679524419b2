import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { readAgreement } from '../../../src/analytics/agreement/read-agreement.ts'
import { createResultStore } from '../../../src/analytics/stores/result-store.ts'
import type { DensityClass, ModelIdentity, Verdict } from '../../../src/contracts/verdict.ts'
import { close, expectReason, valueOf } from '../../statistics/expect-answer.ts'
import type { TestDatabase } from '../../support/empty-database.ts'
import { undoAfter } from '../../support/undo.ts'
import {
  at,
  batchOf,
  finding,
  hex,
  hipOf,
  primaryModel,
  readingOf,
  shadowModel,
  verdictOf,
} from '../films.ts'
import { openDatabase } from '../open-database.ts'

const thirdModel: ModelIdentity = { ...primaryModel, name: 'inception', weightsDigest: hex('third') }

let nextOffset = 0

/** A film with one hip that each model calls something. */
const filmOf = (
  film: string,
  calls: readonly DensityClass[],
  { delivery = film, eligible = true } = {},
): Verdict => {
  nextOffset += 1
  const models = [primaryModel, shadowModel, thirdModel]
  const readings = calls.map((call, place) => readingOf(call, models[place]))
  const hip = { ...hipOf('left', 'normal', eligible), readings }
  return verdictOf({ film, delivery }, at(nextOffset), finding(film, [hip]))
}

describe('agreement of the models', () => {
  const undo = undoAfter({ after })
  let database: TestDatabase
  before(async () => {
    database = await openDatabase(undo)
  })

  test('counts each hip of a film once, and only models that have read it', async () => {
    expectReason((await readAgreement(database.client)).unanimous, 'empty')
    const [low, middle, high] = ['osteoporosis', 'osteopenia', 'normal'] as const
    await createResultStore({ client: database.client }).write(
      batchOf({
        verdicts: [
          filmOf('a', [low, low, low]),
          filmOf('a', [low, middle, middle], { delivery: 'sent again' }),
          filmOf('b', [high, high, middle]),
          filmOf('c', [middle, low, high]),
          filmOf('d', [high, high]),
          filmOf('e', [low]),
          // The classes do not hold for it.
          filmOf('f', [low, high, middle], { eligible: false }),
        ],
      }),
    )
    const found = await readAgreement(database.client)
    assert.deepEqual(found.models, ['inception@1.0.0', 'resnet@1.0.0', 'vit-small@1.0.0'])
    assert.equal(found.hips, 4)
    close(valueOf(found.unanimous).estimate, 2 / 4)
    const pair = found.pairs.find(
      ({ first, second }) => `${first} ${second}` === 'resnet@1.0.0 vit-small@1.0.0',
    )
    assert.ok(pair)
    assert.equal(pair.hips, 4)
    close(valueOf(pair.alike).estimate, 3 / 4)
    // Calls of the pair: two of four normal by both, one low by both, one that differs.
    const chance = (2 / 4) * (2 / 4) + (2 / 4) * (1 / 4)
    close(valueOf(pair.kappa), (3 / 4 - chance) / (1 - chance))
  })
})
