import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createReadResult } from '../../src/consumers/read-result.ts'
import { historyTopic } from '../../src/contracts/topics.ts'
import { historyRecordOf, historyUntil, openHistory } from '../../src/roles/publish-history.ts'
import { tempDir } from '../support/temp-dir.ts'

const engineKey = new Uint8Array(32).fill(9)

test('a record of a history is believed by the key that vouches for it, and nowhere at real people', async () => {
  const { draw } = await openHistory({ seed: 1, until: '2026-12-02' })
  const person = draw(25)[0]
  if (person === undefined) return assert.fail('somebody is drawn')
  const record = historyRecordOf(engineKey, person.reading)
  const consumed = {
    ...record,
    topic: historyTopic.name,
    partition: 0,
    offset: 0n,
    timestampMs: 0,
    value: record.value ?? new Uint8Array(0),
  }
  const kindOf = (key: Uint8Array, isSynthetic: boolean): string =>
    createReadResult({ engineKey: key, findKeys: () => [], isSynthetic: () => isSynthetic })(consumed).kind
  assert.equal(kindOf(engineKey, true), 'history')
  assert.equal(kindOf(engineKey, false), 'verdicts', 'refused: booked as a dead letter')
  assert.equal(kindOf(new Uint8Array(32), true), 'verdicts', 'another key vouches for nothing')
})

test('the history of a data folder ends where it ended the first time, so that nothing said of it is rewritten', async (t) => {
  const dataDir = await tempDir(t)
  assert.equal(await historyUntil(dataDir, 1, '2026-12-02'), '2026-12-02')
  assert.equal(await historyUntil(dataDir, 1, '2027-01-20'), '2026-12-02')
  assert.equal(await historyUntil(dataDir, 2, '2027-01-20'), '2027-01-20', 'another seed is another history')
})
