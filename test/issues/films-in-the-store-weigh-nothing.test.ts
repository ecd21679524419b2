import assert from 'node:assert/strict'
import { test } from 'node:test'
import { weighRecord } from '../../src/consumers/weigh-record.ts'
import { inlineFilmBytes, largestFilmBytes } from '../../src/contracts/image-event.ts'
import type { ConsumedRecord } from '../../src/runtime/kafka/types.ts'

const record = (headers: Record<string, string>): ConsumedRecord => ({
  topic: 'hip.images.v1',
  partition: 0,
  offset: 0n,
  timestampMs: 0,
  key: 'k',
  headers,
  value: new Uint8Array(0),
})

// A backlog of claim checks was taken into work all at once: their records are empty, their films 8 to 64 MiB.
test('a film in the store counts within the byte budget with the size that it claims', () => {
  const claim = { ce_dataref: 'blob:sha256:00', ce_contentsize: String(inlineFilmBytes + 1) }
  assert.ok(weighRecord(record(claim)) > inlineFilmBytes)
  for (const lie of ['', '0', '-5', 'many', String(largestFilmBytes + 1)])
    assert.ok(weighRecord(record({ ...claim, ce_contentsize: lie })) >= largestFilmBytes, lie)
})

test('an empty record is not weightless', () => {
  assert.ok(weighRecord(record({ ce_type: 'org.osteostream.image.v1', ce_gaterefusal: 'NOT_A_HIP' })) > 50)
})
