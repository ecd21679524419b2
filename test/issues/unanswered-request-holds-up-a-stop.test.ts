import { test } from 'node:test'
import { startBrokerBehindProxy } from '../support/broker-behind-proxy.ts'
import { noteRecords } from '../support/note-records.ts'
import { undoAfter } from '../support/undo.ts'
import { waitFor } from '../support/wait-for.ts'

// A process that was asked to end while its group waited for a dead member was cut off at the end of its grace period.
test('a consumer stops also where Kafka does not answer', async (t) => {
  const undo = undoAfter(t)
  const { proxy, kafka } = await startBrokerBehindProxy(t, undo, 'records')
  const consumer = await noteRecords(kafka, 'records', { groupId: 'group', sessionTimeoutMs: 30_000 })
  proxy.holdAnswers()
  let isStopped = false
  const stopped = consumer.stop().then(() => {
    isStopped = true
  })
  await waitFor('the end', () => isStopped, 15_000)
  await stopped
})
