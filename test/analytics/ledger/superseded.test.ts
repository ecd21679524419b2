import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readBookings } from '../../../src/analytics/stores/booking-reader.ts'
import { backfillTopic } from '../../../src/contracts/topics.ts'
import { at, deadLetter, deliveryId, finding, rejection, verdictOf } from '../films.ts'
import { useDatabase } from '../open-database.ts'
import { counts, ledgerOf, nothing } from './ledger-fixture.ts'

describe('arrivals that others supersede', () => {
  const database = useDatabase()
  const { write, ledgerAt } = ledgerOf(() => database)
  const bookingsOf = async (...deliveries: string[]): Promise<Record<string, string>> => {
    const found = await readBookings(database.client, deliveries.map(deliveryId))
    const nameOf = new Map(deliveries.map((name) => [deliveryId(name), name]))
    return Object.fromEntries(found.map(({ arrivalId, booking }) => [nameOf.get(arrivalId), booking]))
  }
  const came = (minute: number) => `2026-03-10T09:${String(minute).padStart(2, '0')}:00.000Z`

  test('a refusal that a later acceptance overtakes: "correct it and send it again" keeps the vote', async () => {
    await write({
      verdicts: [
        verdictOf(
          { film: 'f', delivery: 'refused', appendedAt: came(1) },
          at(0),
          rejection('BURNED_IN_ANNOTATION'),
        ),
        verdictOf({ film: 'f', delivery: 'clean', bytes: 'clean', appendedAt: came(2) }, at(1), finding('p')),
        verdictOf(
          { film: 'f', delivery: 'late', bytes: 'late', appendedAt: came(3) },
          at(2),
          rejection('CUT_OFF'),
        ),
      ],
    })
    assert.deepEqual(await bookingsOf('refused', 'clean', 'late'), {
      refused: 'superseded',
      clean: 'finding',
      late: 'conflict',
    })
    const ledger = await ledgerAt({ screened: 3 })
    assert.deepEqual(counts(ledger), { ...nothing, received: 3, findings: 1, superseded: 1, conflicts: 1 })
    assert.equal(ledger.balanced, true)
  })

  test('a dead letter stays one, whatever comes after it', async () => {
    await write({
      verdicts: [
        verdictOf({ film: 'f', delivery: 'dead', appendedAt: came(1) }, at(0), deadLetter('FILE_CORRUPT')),
        verdictOf({ film: 'f', delivery: 'good', appendedAt: came(2) }, at(1), finding('p')),
      ],
    })
    assert.deepEqual(await bookingsOf('dead', 'good'), { dead: 'deadLettered', good: 'finding' })
  })

  test('the person that the clinic states last holds, whatever the lane and the pixels', async () => {
    const archived = { ...at(0), topic: backfillTopic.name }
    await write({
      verdicts: [
        verdictOf({ film: 'f', delivery: 'wrong', person: 'ann', appendedAt: came(1) }, at(5), finding('p')),
        verdictOf({ film: 'f', delivery: 'again', person: 'ann', appendedAt: came(2) }, at(6), finding('p')),
        verdictOf(
          { film: 'f', delivery: 'right', person: 'bob', appendedAt: came(3) },
          archived,
          finding('p'),
        ),
      ],
    })
    assert.deepEqual(await bookingsOf('wrong', 'again', 'right'), {
      wrong: 'superseded',
      again: 'superseded',
      right: 'finding',
    })
  })

  test('a requeue or a missing patient id changes no identity', async () => {
    const ann = { film: 'f', delivery: 'ann', person: 'ann', appendedAt: came(1) }
    await write({
      verdicts: [
        verdictOf({ film: 'f', delivery: 'bob', person: 'bob', appendedAt: came(2) }, at(1), finding('p')),
        // The earlier arrival is read again, at a place behind the later one.
        verdictOf(ann, at(7), finding('p'), 2, at(0)),
        verdictOf(
          { film: 'f', delivery: 'nobody', person: 'film f', subjectFrom: 'film', appendedAt: came(4) },
          at(9),
          finding('p'),
        ),
      ],
    })
    assert.deepEqual(await bookingsOf('ann', 'bob', 'nobody'), {
      ann: 'superseded',
      bob: 'finding',
      nobody: 'duplicate',
    })
  })

  test('two keys of one person, relinked, are no other person', async () => {
    await write({
      corrections: [
        {
          kind: 'relink',
          correctionId: '0b8f3a52-1c5d-4e6f-8a7b-9c0d1e2f3a4b',
          siteId: 'lisbon',
          subjectKey: verdictSubject('ann'),
          newSubjectKey: verdictSubject('anna'),
          who: 'steward',
          why: 'merged',
          at: came(0),
        },
      ],
      verdicts: [
        verdictOf({ film: 'f', delivery: 'old', person: 'ann', appendedAt: came(1) }, at(0), finding('p')),
        verdictOf({ film: 'f', delivery: 'new', person: 'anna', appendedAt: came(2) }, at(1), finding('p')),
      ],
    })
    assert.deepEqual(await bookingsOf('old', 'new'), { old: 'finding', new: 'duplicate' })
  })
})

const verdictSubject = (person: string): string => {
  const verdict = verdictOf({ film: 'x', person }, at(0), finding('p'))
  assert.ok(verdict.attributed)
  return verdict.subjectKey
}
