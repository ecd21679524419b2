import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { imageHeadersSchema } from '../../src/contracts/image-event.ts'
import { imagesTopic, receiptsTopic } from '../../src/contracts/topics.ts'
import { tempDir } from '../support/temp-dir.ts'
import { createFakeLog, openClinic, plainGate } from './fake-clinic.ts'

const submitted = { siteId: 'lisbon', file: Buffer.from('a film'), receivedVia: 'file' } as const
const emptySha256 = createHash('sha256').digest('hex')

describe('receiving a film', () => {
  test('the same film twice: one event, two arrivals', async (t) => {
    const log = createFakeLog()
    const gate = plainGate({ identity: { sopInstanceUid: '1.2.3', patientId: 'P1' } })
    const clinic = await openClinic(t, { folder: await tempDir(t), log, gate })
    const first = await clinic.submit(submitted)
    const again = await clinic.submit(submitted)
    const otherPixels = await clinic.submit({ ...submitted, file: Buffer.from('other pixels') })
    assert.equal(again.eventId, first.eventId)
    assert.equal(otherPixels.eventId, first.eventId)
    assert.equal(new Set([first, again, otherPixels].map((answer) => answer.arrivalId)).size, 3)
    const keys = log.of(imagesTopic.name).map((record) => record.headers['ce_subjectkey'])
    assert.equal(new Set(keys).size, 1)
  })

  test('two sites never share an event or a person', async (t) => {
    const log = createFakeLog()
    const gate = plainGate({ identity: { sopInstanceUid: '1.2.3', patientId: 'P1' } })
    const clinic = await openClinic(t, { folder: await tempDir(t), log, gate })
    const here = await clinic.submit(submitted)
    const there = await clinic.submit({ ...submitted, siteId: 'porto' })
    assert.notEqual(here.eventId, there.eventId)
    const [one, other] = log.of(imagesTopic.name)
    assert.notEqual(one?.headers['ce_subjectkey'], other?.headers['ce_subjectkey'])
  })

  test('a file that the gate refuses travels as a record without a film, and ends in a receipt', async (t) => {
    const log = createFakeLog()
    const gate = plainGate({ refusal: 'FILE_CORRUPT', attributes: { modality: 'DX' } })
    const clinic = await openClinic(t, { folder: await tempDir(t), log, gate })
    const answer = await clinic.submit({ ...submitted, file: Buffer.from('Anna Example, born 1950') })
    assert.equal(answer.refusal, 'FILE_CORRUPT')
    const [record] = log.of(imagesTopic.name)
    const headers = imageHeadersSchema.parse(record?.headers)
    assert.equal(record?.value?.length, 0)
    assert.equal(headers.ce_gaterefusal, 'FILE_CORRUPT')
    assert.equal(headers.ce_contentsize, 0)
    assert.equal(headers.ce_contentsha256, emptySha256)
    assert.equal(headers.ce_dataref, undefined)
    assert.equal(log.of(receiptsTopic.name).length, 1)
    const other = await clinic.submit({ ...submitted, file: Buffer.from('another broken file') })
    assert.notEqual(other.eventId, answer.eventId, 'two broken files are two events')
  })

  test('a file too large to be read is refused by its hash alone', async (t) => {
    const log = createFakeLog()
    const clinic = await openClinic(t, { folder: await tempDir(t), log })
    const file = { tooLarge: true, sha256: 'f'.repeat(64) } as const
    const answer = await clinic.submit({ ...submitted, file })
    assert.equal(answer.refusal, 'FILE_TOO_LARGE')
    assert.equal((await clinic.submit({ ...submitted, file })).eventId, answer.eventId)
    assert.equal(log.of(imagesTopic.name)[0]?.headers['ce_gaterefusal'], 'FILE_TOO_LARGE')
  })

  test('a simulated clinic sets the instant', async (t) => {
    const log = createFakeLog()
    const clinic = await openClinic(t, { folder: await tempDir(t), log })
    const receivedAt = new Date('2025-11-05T08:30:00.000Z')
    const answer = await clinic.submit({ ...submitted, receivedVia: 'simulation', receivedAt })
    assert.equal(answer.receivedAt, '2025-11-05T08:30:00.000Z')
    assert.equal(log.of(imagesTopic.name)[0]?.headers['ce_time'], answer.receivedAt)
  })

  test('stopping while the broker is away: the film is kept and the sender is told so', async (t) => {
    const folder = await tempDir(t)
    const away = createFakeLog(() => 'lost')
    const clinic = await openClinic(t, { folder, log: away, pause: async () => void clinic.stop() })
    const answer = await clinic.submit(submitted)
    assert.equal(answer.kind, 'kept')
    assert.equal(answer.image, undefined)
  })
})
