import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { imageHeadersSchema, inlineFilmBytes, signedFilmOf } from '../../src/contracts/image-event.ts'
import { receiptSchema } from '../../src/contracts/receipt.ts'
import { signedText } from '../../src/contracts/signed-film.ts'
import { backfillTopic, imagesTopic, receiptsTopic } from '../../src/contracts/topics.ts'
import { seededSiteKeys } from '../../src/producers/site-keys.ts'
import type { OutgoingRecord } from '../../src/runtime/kafka/types.ts'
import { sha256Of } from '../../src/runtime/sha256.ts'
import { createSignatureCheck } from '../../src/runtime/signatures.ts'
import { tempDir } from '../support/temp-dir.ts'
import { createFakeLog, type Mishap, openClinic } from './fake-clinic.ts'

const film = Buffer.from('a film without a name')
const submitted = { siteId: 'lisbon', file: film, receivedVia: 'file' } as const

const receiptOf = (record: OutgoingRecord | undefined) =>
  receiptSchema.parse(JSON.parse(Buffer.from(record?.value ?? []).toString()))

const spooled = async (folder: string): Promise<string[]> =>
  (await readdir(join(folder, 'spool'), { recursive: true })).filter((name) => /\.(film|json)$/.test(name))

describe('publishing an arrival', () => {
  test('image, receipt, spool, answer: each only after the one before', async (t) => {
    const folder = await tempDir(t)
    const seen: string[] = []
    const log = createFakeLog()
    const clinic = await openClinic(t, {
      folder,
      log: {
        publish: async (topic, record) => {
          seen.push(`${topic.name}, ${(await spooled(folder)).length} files in the spool`)
          return log.publish(topic, record)
        },
      },
    })
    const answer = await clinic.submit(submitted)
    assert.deepEqual(seen, ['hip.images.v1, 2 files in the spool', 'hip.receipts.v1, 2 files in the spool'])
    assert.deepEqual(await spooled(folder), [])
    assert.equal(answer.kind, 'published')
    assert.deepEqual(answer.image, { topic: 'hip.images.v1', partition: 0, offset: '0' })
  })

  test('the record follows the contract, and its signature is the site’s', async (t) => {
    const log = createFakeLog()
    const clinic = await openClinic(t, { folder: await tempDir(t), log })
    const answer = await clinic.submit(submitted)
    const [record] = log.of(imagesTopic.name)
    const headers = imageHeadersSchema.parse(record?.headers)
    assert.equal(record?.key, answer.eventId)
    assert.equal(headers.ce_id, answer.arrivalId)
    assert.equal(headers.ce_subject, answer.eventId)
    assert.equal(headers.ce_contentsize, film.length)
    assert.match(headers.traceparent ?? '', /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
    const { signing } = seededSiteKeys({ siteId: 'lisbon', seed: 'test' })
    const isSigned = createSignatureCheck()
    const signed = signedFilmOf(headers, sha256Of(record?.headers['ce_attributes'] ?? ''))
    assert.ok(isSigned(signing.publicKey, signedText(signed), headers.ce_sitesig))
    const another = { ...signed, receivedAt: '2026-03-01T10:00:00.001Z' }
    assert.ok(!isSigned(signing.publicKey, signedText(another), headers.ce_sitesig))
    const [receipt] = log.of(receiptsTopic.name)
    const trace = headers.traceparent?.split('-')[1]
    assert.equal(receipt?.headers['traceparent']?.split('-')[1], trace, 'one trace from image to receipt')
    assert.deepEqual(receiptOf(receipt), { ...signed, signature: headers.ce_sitesig, image: answer.image })
  })

  test('a film above 8 MB travels as a claim check that the store honours', async (t) => {
    const log = createFakeLog()
    const clinic = await openClinic(t, { folder: await tempDir(t), log })
    const large = Buffer.alloc(inlineFilmBytes + 1, 7)
    await clinic.submit({ ...submitted, file: large })
    const [record] = log.of(imagesTopic.name)
    const headers = imageHeadersSchema.parse(record?.headers)
    assert.equal(record?.value?.length, 0)
    assert.equal(headers.ce_contentsize, large.length)
    assert.ok(large.equals((await clinic.blobs.get(headers.ce_dataref ?? '')) ?? Buffer.alloc(0)))
    await clinic.submit({ ...submitted, file: large.subarray(1) })
    assert.equal(log.of(imagesTopic.name)[1]?.headers['ce_dataref'], undefined, '8 MB still fits')
  })

  test('a broker that fails and comes back: one receipt, and no second image once it was acknowledged', async (t) => {
    const log = createFakeLog((_topic, attempt) => (attempt <= 3 ? 'lost' : 'none'))
    const waits: number[] = []
    const clinic = await openClinic(t, {
      folder: await tempDir(t),
      log,
      pause: async (ms) => void waits.push(ms),
    })
    const answer = await clinic.submit(submitted)
    assert.equal(answer.kind, 'published')
    assert.deepEqual(
      log.records.map(({ topic }) => topic),
      [imagesTopic.name, receiptsTopic.name],
    )
    assert.deepEqual(waits, [200, 400, 800, 200, 400, 800])
  })
})

const crashes: { what: string; topic: string; mishap: Mishap; images: number; receipts: number }[] = [
  { what: 'before the image is stored', topic: imagesTopic.name, mishap: 'lost', images: 1, receipts: 1 },
  {
    what: 'before the image is acknowledged',
    topic: imagesTopic.name,
    mishap: 'answer-lost',
    images: 2,
    receipts: 1,
  },
  { what: 'before the receipt is stored', topic: receiptsTopic.name, mishap: 'lost', images: 2, receipts: 1 },
  {
    what: 'before the receipt is acknowledged',
    topic: receiptsTopic.name,
    mishap: 'answer-lost',
    images: 2,
    receipts: 2,
  },
]

describe('a crash between two steps', () => {
  for (const crash of crashes)
    test(`${crash.what}: nothing is lost and the arrival keeps its id`, async (t) => {
      const folder = await tempDir(t)
      const log = createFakeLog((topic, attempt) =>
        topic === crash.topic && attempt === 1 ? crash.mishap : 'none',
      )
      // The process ends at the first failure: the pause after it is where it dies.
      const dying = await openClinic(t, {
        folder,
        log,
        pause: async () => void dying.stop(),
        now: () => new Date('2026-03-01T10:00:00.000Z'),
      })
      const answer = await dying.submit(submitted)
      assert.equal(answer.kind, 'kept', 'the sender is not told that the film is published')
      assert.equal((await spooled(folder)).length, 2)

      const later = await openClinic(t, { folder, log, now: () => new Date('2026-03-02T00:00:00.000Z') })
      assert.deepEqual(await later.resume(), { published: 1, left: 0, total: 1 })
      const images = log.of(imagesTopic.name)
      const receipts = log.of(receiptsTopic.name)
      assert.equal(images.length, crash.images)
      assert.equal(receipts.length, crash.receipts)
      for (const record of [...images, ...receipts]) {
        assert.equal(record.headers['ce_id'], answer.arrivalId)
        assert.equal(record.headers['ce_time'], '2026-03-01T10:00:00.000Z')
      }
      for (const image of images) assert.deepEqual(image.value, film)
      const numbers = images.map(({ headers }) => `${headers['ce_spoolid']} ${headers['ce_sequence']}`)
      assert.equal(new Set(numbers).size, 1, 'one acknowledgement has one number')
      const last = receiptOf(receipts.at(-1))
      const named = log.records[Number(last.image.offset)]
      assert.equal(named?.topic, imagesTopic.name, 'the receipt names an image that is in the log')
      assert.deepEqual(await spooled(folder), [])
      assert.deepEqual(await later.resume(), { published: 0, left: 0, total: 0 })
    })

  test('a film of an archive stays on its lane when the next start publishes it', async (t) => {
    const folder = await tempDir(t)
    const away = createFakeLog(() => 'lost')
    const dying = await openClinic(t, { folder, log: away, pause: async () => void dying.stop() })
    await dying.submit({ ...submitted, lane: 'backfill' })
    const log = createFakeLog()
    const later = await openClinic(t, { folder, log })
    await later.resume()
    assert.deepEqual(
      log.records.map(({ topic }) => topic),
      [backfillTopic.name, receiptsTopic.name],
    )
    assert.equal(receiptOf(log.of(receiptsTopic.name)[0]).image.topic, backfillTopic.name)
  })

  test('films left behind are published oldest first, and those of a living process are not touched', async (t) => {
    const folder = await tempDir(t)
    const away = createFakeLog(() => 'lost')
    const clock = { minute: 0 }
    const now = () => new Date(Date.UTC(2026, 2, 1, 10, (clock.minute += 1)))
    const dying = await openClinic(t, { folder, log: away, now, pause: async () => void dying.stop() })
    const kept = [await dying.submit({ ...submitted, file: Buffer.from('first') })]
    const second = await openClinic(t, { folder, log: away, now, pause: async () => void second.stop() })
    kept.push(await second.submit({ ...submitted, file: Buffer.from('second') }))
    const log = createFakeLog()
    const living = await openClinic(t, { folder, log, now })
    const progress: number[] = []
    await living.resume(({ published }) => progress.push(published))
    assert.deepEqual(
      log.of(imagesTopic.name).map((record) => record.headers['ce_id']),
      kept.map((answer) => answer.arrivalId),
    )
    assert.deepEqual(progress, [1, 2])
  })
})
