import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DeadLetter } from '../../src/contracts/ports.ts'
import { createRequeue, type RequeueDeps } from '../../src/operations/requeue.ts'
import type { ConsumedRecord, OutgoingRecord } from '../../src/runtime/kafka/types.ts'

const arrivalId = '018f0000-0000-7000-8000-000000000001'
const letter: DeadLetter = {
  arrivalId,
  eventId: 'e',
  siteId: 'lisbon',
  receivedAt: '2026-03-10T09:15:00.000Z',
  screenedAt: '2026-03-10T09:15:01.000Z',
  attempt: 2,
  code: 'DECODE_TIMEOUT',
  detail: '',
  size: 3,
  digest: 'd',
  image: { topic: 'hip.images.v1', partition: 4, offset: '17' },
  headers: {},
}
const record: ConsumedRecord = {
  topic: 'hip.images.v1',
  partition: 4,
  offset: 17n,
  timestampMs: 0,
  key: 'e',
  headers: { ce_id: arrivalId, ce_attempt: '2', ce_siteid: 'lisbon' },
  value: Uint8Array.of(1, 2, 3),
}

/** A requeue over fake ports that notes, in order, what it sends. */
const requeueWith = (some: Partial<RequeueDeps>) => {
  const sent: unknown[] = []
  const requeue = createRequeue({
    deadLetters: { find: async (id) => (id === arrivalId ? letter : undefined) },
    readRecord: async (_topic, partition, offset) => (partition === 4 && offset === 17n ? record : undefined),
    blobs: { get: async () => undefined },
    publisher: {
      publish: async (topic, outgoing: OutgoingRecord) => {
        sent.push([topic.name, outgoing])
        return { topic: topic.name, partition: 4, offset: '99' }
      },
    },
    publishCommand: async ({ kind, who, why }) => void sent.push([kind, who, why]),
    now: () => new Date('2026-03-11T00:00:00.000Z'),
    ...some,
  })
  return { sent, requeue: (id = arrivalId) => requeue(id, { who: 'operator', why: 'decoder mended' }) }
}

describe('requeue', () => {
  test('the audit trail first, then the same arrival and film with one attempt more', async () => {
    const { sent, requeue } = requeueWith({})
    assert.deepEqual(await requeue(), { kind: 'ok', value: { arrivalId, attempt: 3 } })
    const headers = { ...record.headers, ce_attempt: '3' }
    assert.deepEqual(sent, [
      ['requeue', 'operator', 'decoder mended'],
      ['hip.images.v1', { key: 'e', value: record.value, headers }],
    ])
  })

  test('a film of an archive goes back onto its own lane', async () => {
    const image = { ...letter.image, topic: 'hip.backfill.v1' }
    const { sent, requeue } = requeueWith({ deadLetters: { find: async () => ({ ...letter, image }) } })
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
    const stranger = { ...record, headers: { ce_id: 'another' } }
    assert.equal(await codeOf({ readRecord: async () => stranger }), 'NOT_ATTRIBUTED')
  })
})
