import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DeadLetter } from '../../src/contracts/dead-letter.ts'
import { requeuedText } from '../../src/contracts/image-event.ts'
import { createRequeue, type RequeueDeps } from '../../src/operations/requeue.ts'
import type { ConsumedRecord, OutgoingRecord } from '../../src/runtime/kafka/types.ts'
import { macOf } from '../../src/runtime/signatures.ts'
import { arrivalIdOf, hex } from '../support/results.ts'

const receivedAt = '2026-03-10T09:15:00.000Z'
const arrivalId = arrivalIdOf('f', receivedAt)
const eventId = hex('film')
const engineKey = Buffer.alloc(32, 5)
const letter: DeadLetter = {
  arrivalId,
  eventId,
  siteId: 'lisbon',
  receivedAt,
  screenedAt: '2026-03-10T09:15:01.000Z',
  attempt: 2,
  code: 'DECODE_TIMEOUT',
  detail: '',
  size: 3,
  digest: 'd',
  image: { topic: 'hip.images.v1', partition: 4, offset: '17' },
  firstImage: { topic: 'hip.images.v1', partition: 4, offset: '11' },
  firstAppendedAt: '2026-03-10T09:15:00.500Z',
  attributed: true,
  headers: {},
}
const record: ConsumedRecord = {
  topic: 'hip.images.v1',
  partition: 4,
  offset: 17n,
  timestampMs: 0,
  key: eventId,
  headers: {
    'content-type': 'application/dicom',
    ce_specversion: '1.0',
    ce_type: 'org.osteostream.image.v1',
    ce_source: '/sites/lisbon',
    ce_id: arrivalId,
    ce_subject: eventId,
    ce_time: receivedAt,
    ce_sentat: receivedAt,
    ce_siteid: 'lisbon',
    ce_spoolid: '0b8f3a52-1c5d-4e6f-8a7b-9c0d1e2f3a4b',
    ce_sequence: '1',
    ce_lane: 'live',
    ce_sigversion: '1',
    ce_sitesig: `${'A'.repeat(86)}==`,
    ce_sitekeyid: 'k1',
    ce_contentsize: '3',
    ce_contentsha256: hex('bytes'),
    ce_subjectkey: hex('person'),
    ce_subjectfrom: 'patient',
    ce_attempt: '2',
    ce_attributes: '{}',
  },
  value: Uint8Array.of(1, 2, 3),
}

/** A requeue over fake ports that notes, in order, what it sends. */
const requeueWith = (some: Partial<RequeueDeps>) => {
  const sent: unknown[] = []
  const requeue = createRequeue({
    deadLetters: { find: async (id) => (id === arrivalId ? [letter] : []) },
    readRecord: async (_topic, partition, offset) => (partition === 4 && offset === 17n ? record : undefined),
    blobs: { get: async () => undefined },
    publisher: {
      publish: async (topic, outgoing: OutgoingRecord) => {
        sent.push([topic.name, outgoing])
        return { topic: topic.name, partition: 4, offset: '99' }
      },
    },
    engineKey,
    publishCommand: async ({ kind, who, why }) => void sent.push([kind, who, why]),
    now: () => new Date('2026-03-11T00:00:00.000Z'),
    ...some,
  })
  return {
    sent,
    requeue: (id = arrivalId) => requeue({ arrivalId: id }, { who: 'operator', why: 'decoder mended' }),
  }
}

describe('requeue', () => {
  test('the audit trail first, then the same arrival and film with one attempt more', async () => {
    const { sent, requeue } = requeueWith({})
    assert.deepEqual(await requeue(), { kind: 'ok', value: { arrivalId, attempt: 3 } })
    const first = {
      siteId: 'lisbon',
      arrivalId,
      attempt: 3,
      firstRecord: 'hip.images.v1:4:11',
      firstAppendedAt: letter.firstAppendedAt,
    }
    const headers = {
      ...record.headers,
      ce_attempt: '3',
      ce_firstrecord: first.firstRecord,
      ce_firstappendedat: first.firstAppendedAt,
      ce_enginemac: macOf(engineKey, requeuedText(first)),
    }
    assert.deepEqual(sent, [
      ['requeue', 'operator', 'decoder mended'],
      ['hip.images.v1', { key: eventId, value: record.value, headers }],
    ])
  })

  test('a film of an archive goes back onto its own lane', async () => {
    const image = { ...letter.image, topic: 'hip.backfill.v1' }
    const { sent, requeue } = requeueWith({ deadLetters: { find: async () => [{ ...letter, image }] } })
    await requeue()
    assert.equal((sent[1] as [string])[0], 'hip.backfill.v1')
  })

  const codeOf = async (some: Partial<RequeueDeps>, id?: string): Promise<string> => {
    const { sent, requeue } = requeueWith(some)
    const outcome = await requeue(id)
    assert.deepEqual(sent, [], 'nothing is sent')
    return outcome.kind === 'failed' ? outcome.code : outcome.kind
  }

  test('answers PAYLOAD_EXPIRED where the record, or the film that it names, is gone', async () => {
    assert.equal(await codeOf({ readRecord: async () => undefined }), 'PAYLOAD_EXPIRED')
    const checked = { ...record, headers: { ...record.headers, ce_dataref: `blob:sha256:${'a'.repeat(64)}` } }
    assert.equal(await codeOf({ readRecord: async () => checked }), 'PAYLOAD_EXPIRED')
    const kept = requeueWith({
      readRecord: async () => checked,
      blobs: { get: async () => Uint8Array.of(1) },
    })
    assert.equal((await kept.requeue()).kind, 'ok')
  })

  test('sends nothing for an arrival that is no dead letter, or that the record does not name', async () => {
    assert.equal(await codeOf({}, 'another'), 'NOT_A_DEAD_LETTER')
    for (const headers of [{ ce_id: 'another' }, { ...record.headers, ce_siteid: 'porto' }])
      assert.equal(
        await codeOf({ readRecord: async () => ({ ...record, headers }) }),
        'NOT_ATTRIBUTED',
        JSON.stringify(headers),
      )
  })

  test('of an arrival id that two clinics use the clinic must be named', async () => {
    const both = { find: async () => [letter, { ...letter, siteId: 'porto' }] }
    assert.equal(await codeOf({ deadLetters: both }), 'ARRIVAL_AMBIGUOUS')
  })

  test('the last attempt that the contract knows is the last', async () => {
    const tired = { find: async () => [{ ...letter, attempt: 1000 }] }
    assert.equal(await codeOf({ deadLetters: tired }), 'TOO_MANY_ATTEMPTS')
  })

  test('a record that was not believed goes by its place, and counts from its first attempt', async () => {
    const pointer = 'hip.images.v1:4:17'
    const unbelieved = {
      ...letter,
      arrivalId: pointer,
      siteId: 'unattributed',
      attempt: 1,
      attributed: false,
    }
    const claims = { ...record, headers: { ...record.headers, ce_attempt: '1000' } }
    const { requeue } = requeueWith({
      deadLetters: { find: async () => [unbelieved] },
      readRecord: async () => claims,
    })
    assert.deepEqual(await requeue(pointer), { kind: 'ok', value: { arrivalId, attempt: 2 } })
  })
})
