import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startBrokerBehindProxy } from '../support/broker-behind-proxy.ts'
import { noteRecords } from '../support/note-records.ts'
import { undoAfter } from '../support/undo.ts'
import { waitFor } from '../support/wait-for.ts'

const topic = { name: 'records', compression: 'none' } as const

// Where the only broker was killed, members came back as new ones, and their group waited a whole session for the old ones.
test('a member is who it was when its only broker comes back', async (t) => {
  const undo = undoAfter(t)
  const { kafka, pid } = await startBrokerBehindProxy(t, undo, topic.name)
  const publisher = await kafka.connectPublisher()
  undo(publisher.stop)
  const { epochs, taken, stop } = await noteRecords(kafka, topic.name, {
    groupId: 'group',
    sessionTimeoutMs: 30_000,
  })
  undo(stop)
  for (const word of ['first', 'second']) {
    const before = pid()
    process.kill(before, 'SIGKILL')
    await waitFor('another broker', () => pid() !== before && pid() > 0)
    await publisher.publish(topic, { key: 'k', value: Buffer.from(word), headers: {} })
    await waitFor(`the ${word} record`, () => taken.includes(word))
  }
  assert.deepEqual(epochs, [1])
})
