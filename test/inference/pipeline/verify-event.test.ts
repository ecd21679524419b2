import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { FilmRecord } from '../../../src/contracts/film-record.ts'
import { imageHeadersSchema, requeuedText } from '../../../src/contracts/image-event.ts'
import type { Site } from '../../../src/contracts/site.ts'
import { createVerifyEvent } from '../../../src/inference/pipeline/verify-event.ts'
import { macOf } from '../../../src/runtime/signatures.ts'
import { clockLimits, directoryOf, engineKey, signedRecord, siteFor } from './signed-film.ts'

const verify = async (record: FilmRecord, ...sites: readonly Site[]): Promise<string> => {
  const verifyEvent = createVerifyEvent({ sites: directoryOf(...sites), engineKey, clockLimits })
  const outcome = await verifyEvent({ record, headers: imageHeadersSchema.parse(record.headers) })
  return outcome.kind === 'failed' ? outcome.code : outcome.kind
}
const lisbon = siteFor('lisbon')
const withHeaders = (record: FilmRecord, headers: Record<string, string>): FilmRecord => ({
  ...record,
  headers: { ...record.headers, ...headers },
})

describe('who says what an image record says', () => {
  test('a film as its clinic signed it is believed', async () => {
    assert.equal(await verify(signedRecord(), lisbon), 'ok')
    assert.equal(await verify(signedRecord(), siteFor('porto')), 'SITE_UNKNOWN')
  })

  test('every field that matters is under the signature', async () => {
    const changes: Record<string, string> = {
      ce_sentat: '2026-03-10T11:58:00.000Z',
      ce_spoolid: '0b8f3a52-1c5d-4e6f-8a7b-9c0d1e2f3a4b',
      ce_sequence: '2',
      ce_contentsize: '0',
      ce_contentsha256: 'f'.repeat(64),
      ce_subjectkey: 'f'.repeat(64),
      ce_subjectfrom: 'film',
      ce_linkkey: 'f'.repeat(64),
      ce_attributes: '{"ageBand":"75-79"}',
      ce_gaterefusal: 'UNDER_18',
      'content-type': 'image/png',
    }
    for (const [name, value] of Object.entries(changes))
      assert.equal(
        await verify(withHeaders(signedRecord(), { [name]: value }), lisbon),
        'SITE_SIGNATURE_INVALID',
        name,
      )
  })

  test('one clinic cannot speak for another, whichever ids it uses', async () => {
    const asLisbon = withHeaders(signedRecord('porto'), { ce_siteid: 'lisbon' })
    assert.equal(await verify(asLisbon, lisbon, siteFor('porto')), 'SITE_SIGNATURE_INVALID')
  })

  test('a record on another lane, partition or key than that of its film is misplaced', async () => {
    const record = signedRecord()
    const at = (position: Partial<FilmRecord['position']>) => ({
      ...record,
      position: { ...record.position, ...position },
    })
    assert.equal(await verify(at({ topic: 'hip.backfill.v1' }), lisbon), 'RECORD_MISPLACED')
    assert.equal(
      await verify(at({ partition: (record.position.partition + 1) % 12 }), lisbon),
      'RECORD_MISPLACED',
    )
    assert.equal(await verify({ ...record, key: 'f'.repeat(64) }, lisbon), 'RECORD_MISPLACED')
    assert.equal(await verify({ ...record, key: undefined }, lisbon), 'RECORD_MISPLACED')
  })

  test('only the engine sends an arrival again, and what it vouches for cannot be changed', async () => {
    const record = signedRecord()
    const first = {
      siteId: 'lisbon',
      arrivalId: record.headers['ce_id'] ?? '',
      attempt: 2,
      firstRecord: `hip.images.v1:${record.position.partition}:3`,
      firstAppendedAt: '2026-03-10T11:59:01.000Z',
    }
    const headers = {
      ce_attempt: '2',
      ce_firstrecord: first.firstRecord,
      ce_firstappendedat: first.firstAppendedAt,
      ce_enginemac: macOf(engineKey, requeuedText(first)),
    }
    assert.equal(await verify(withHeaders(record, headers), lisbon), 'ok')
    const forged: Record<string, string>[] = [
      { ce_attempt: '1000' },
      { ...headers, ce_attempt: '1000' },
      { ...headers, ce_firstappendedat: '2026-01-01T00:00:00.000Z' },
      { ...headers, ce_firstrecord: 'hip.images.v1:0:0' },
      { ...headers, ce_enginemac: macOf(Buffer.alloc(32, 1), requeuedText(first)) },
    ]
    for (const some of forged)
      assert.equal(
        await verify(withHeaders(record, some), lisbon),
        'ATTEMPT_NOT_VOUCHED',
        JSON.stringify(some),
      )
  })

  test('a key is judged when Kafka first appended the film, not at the time that the clinic states', async () => {
    const withKey = (more: Partial<Site['keys'][number]>): Site => ({
      ...lisbon,
      keys: lisbon.keys.map((key) => ({ ...key, ...more })),
    })
    const early = signedRecord('lisbon', { receivedAt: '2026-02-20T00:00:00.000Z' })
    assert.equal(
      await verify(early, withKey({ revokedAt: '2026-03-01T00:00:00.000Z' })),
      'SITE_SIGNATURE_INVALID',
      'a key that was revoked signs for no day before',
    )
    assert.equal(await verify(early, withKey({ revokedAt: '2026-03-11T00:00:00.000Z' })), 'ok')
    assert.equal(
      await verify(early, withKey({ validFrom: '2026-03-10T00:00:00.000Z' })),
      'ok',
      'a film that was spooled before the new key goes out under it',
    )
    assert.equal(
      await verify(early, withKey({ validTo: '2026-03-10T00:00:00.000Z' })),
      'SITE_SIGNATURE_INVALID',
    )
  })

  test('a clinic whose clock stands before 2000 is flagged, and its film goes on', async () => {
    const verifyEvent = createVerifyEvent({ sites: directoryOf(lisbon), engineKey, clockLimits })
    const record = signedRecord('lisbon', { receivedAt: '1990-01-01T00:00:00.000Z' })
    const outcome = await verifyEvent({ record, headers: imageHeadersSchema.parse(record.headers) })
    assert.ok(outcome.kind === 'ok')
    assert.equal(outcome.value.clockFault, 'before-epoch')
    assert.equal(outcome.value.believedAt, record.timestamp)
  })
})
