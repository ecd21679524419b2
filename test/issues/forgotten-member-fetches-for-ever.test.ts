import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { Kafka, logLevel } from 'kafkajs'
import { startBrokerBehindProxy } from '../support/broker-behind-proxy.ts'
import { noteRecords } from '../support/note-records.ts'
import { undoAfter } from '../support/undo.ts'
import { waitFor } from '../support/wait-for.ts'

const topic = { name: 'records', compression: 'none' } as const
const groupId = 'group'
/** Numbers in Kafka's protocol. */
const joinGroup = 11
const leaveGroup = 13

const textBytes = (text: string): Buffer => {
  const size = Buffer.alloc(2)
  size.writeInt16BE(text.length)
  return Buffer.concat([size, Buffer.from(text)])
}

/** Tells the coordinator that a member has gone, which it otherwise learns when a session is over. */
const makeForgotten = async (address: string, memberId: string): Promise<void> => {
  const head = Buffer.alloc(8)
  head.writeInt16BE(leaveGroup)
  const request = Buffer.concat([head, textBytes('test'), textBytes(groupId), textBytes(memberId)])
  const size = Buffer.alloc(4)
  size.writeInt32BE(request.length)
  const [host = '', port = ''] = address.split(':')
  const socket = connect({ host, port: Number(port) })
  socket.write(Buffer.concat([size, request]))
  const [answer] = await once(socket, 'data')
  socket.destroy()
  assert.equal(answer.readInt16BE(8), 0, 'left')
}

// A sink lived on for twenty minutes, fetched what was not its own and stored nothing: its member was forgotten while the
// broker was frozen, and its first request to join again met a connection that was cut.
test('a member that is forgotten joins again, also where joining fails at first', async (t) => {
  const undo = undoAfter(t)
  const { proxy, address, kafka } = await startBrokerBehindProxy(t, undo, topic.name)
  const publisher = await kafka.connectPublisher()
  undo(publisher.stop)
  const { epochs, taken, stop } = await noteRecords(kafka, topic.name, { groupId, sessionTimeoutMs: 6000 })
  undo(stop)
  const watcher = new Kafka({ brokers: [proxy.address], logLevel: logLevel.NOTHING }).admin()
  await watcher.connect()
  undo(() => watcher.disconnect())
  const [found] = (await watcher.describeGroups([groupId])).groups
  const memberId = found?.members[0]?.memberId ?? ''

  proxy.refuseNext(joinGroup)
  await makeForgotten(address, memberId)
  await publisher.publish(topic, { key: 'k', value: Buffer.from('after'), headers: {} })
  await waitFor('a second assignment', () => epochs.length === 2)
  await waitFor('the record', () => taken.includes('after'))
})
