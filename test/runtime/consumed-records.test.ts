import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consumedRecords } from '../../src/runtime/kafka/consumed-records.ts'

const messages = ['7', '8'].map((offset) => ({
  offset,
  timestamp: '1000',
  key: Buffer.from('k'),
  headers: { ce_type: Buffer.from('a'), ce_note: [Buffer.from('grün'), Buffer.from('b')] },
  value: offset === '7' ? Buffer.from('v') : null,
}))
const batch = { topic: 't', partition: 3, messages }

test('a fetch can be read more than once, with all headers or those that are wanted', () => {
  const records = consumedRecords(batch, undefined)
  const [first] = records
  assert.deepEqual(first?.headers, { ce_type: 'a', ce_note: 'grün' })
  assert.deepEqual(
    [...records].map(({ topic, partition, offset, key, value }) => [
      topic,
      partition,
      offset,
      key,
      value.length,
    ]),
    [
      ['t', 3, 7n, 'k', 1],
      ['t', 3, 8n, 'k', 0],
    ],
  )
  const [wanted] = consumedRecords(batch, ['ce_note', 'traceparent'])
  assert.deepEqual(wanted?.headers, { ce_note: 'grün' })
})
