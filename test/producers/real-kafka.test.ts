import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { imageHeadersSchema, inlineFilmBytes } from '../../src/contracts/image-event.ts'
import { receiptSchema } from '../../src/contracts/receipt.ts'
import { imagesTopic, receiptsTopic } from '../../src/contracts/topics.ts'
import { createReadRecord } from '../../src/runtime/kafka/read-records.ts'
import type { ConsumedRecord } from '../../src/runtime/kafka/types.ts'
import { kafkaFor, useServices } from '../support/services.ts'
import { tempDir } from '../support/temp-dir.ts'
import { undoAfter } from '../support/undo.ts'
import { openClinic, plainGate } from './fake-clinic.ts'

test('a film of 8 MB goes through a real broker, and its receipt says where it stands', async (t) => {
  const undo = undoAfter(t)
  const kafka = kafkaFor(await useServices({ after: (work) => undo(async () => work()) }))
  const admin = await kafka.connectAdmin()
  undo(admin.stop)
  await admin.createTopics([imagesTopic, receiptsTopic])
  const publisher = await kafka.connectPublisher()
  undo(publisher.stop)
  const uid = `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`)}`
  const clinic = await openClinic(t, {
    folder: await tempDir(t),
    log: publisher,
    gate: plainGate({ identity: { sopInstanceUid: uid } }),
  })
  const film = Buffer.alloc(inlineFilmBytes, 3)
  const answer = await clinic.submit({ siteId: 'lisbon', file: film, receivedVia: 'file' })
  assert.equal(answer.kind, 'published')
  const { image } = answer
  assert.ok(image !== undefined)

  const readRecord = createReadRecord({ consume: kafka.consume, admin })
  const stored = await readRecord(image.topic, image.partition, BigInt(image.offset))
  assert.equal(stored?.key, answer.eventId)
  assert.ok(film.equals(stored.value))
  assert.equal(imageHeadersSchema.parse(stored.headers).ce_id, answer.arrivalId)

  // One key, one partition: the receipt lies in the partition of the same number.
  const { low, end } = await admin.bounds(receiptsTopic.name)
  let receipt: ConsumedRecord | undefined
  for (let at = (end.get(image.partition) ?? 0n) - 1n; at >= (low.get(image.partition) ?? 0n); at -= 1n) {
    receipt = await readRecord(receiptsTopic.name, image.partition, at)
    if (receipt?.headers['ce_id'] === answer.arrivalId) break
  }
  const said = receiptSchema.parse(JSON.parse(Buffer.from(receipt?.value ?? []).toString()))
  assert.equal(said.arrivalId, answer.arrivalId)
  assert.deepEqual(said.image, image)
})
