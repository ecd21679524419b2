import assert from 'node:assert/strict'
import { test } from 'node:test'
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js'
import '../../src/runtime/kafka/kafka-client.ts'

const logger = { debug: () => {}, warn: () => {} }

const openQueue = (t: { after: (work: () => void) => void }) => {
  const queue = new RequestQueue({
    maxInFlightRequests: 1,
    requestTimeout: 1000,
    enforceRequestTimeout: false,
    clientId: 'test',
    broker: 'test',
    logger,
  })
  t.after(() => queue.destroy())
  const sent: number[] = []
  const ask = (correlationId: number): void =>
    queue.push({
      entry: { correlationId, resolve: () => {}, reject: () => {} },
      expectResponse: true,
      sendRequest: () => void sent.push(correlationId),
    })
  return { queue, sent, ask }
}

test('a connection of the client has no timer while no request waits', (t) => {
  const { queue, sent, ask } = openQueue(t)
  ask(1)
  queue.fulfillRequest({ correlationId: 1, payload: Buffer.alloc(0), size: 0 })
  assert.deepEqual(sent, [1])
  assert.equal(queue.throttleCheckTimeoutId, null)
})

test('a request that waits is looked after, and goes when there is room', (t) => {
  const { queue, sent, ask } = openQueue(t)
  ask(1)
  ask(2)
  assert.notEqual(queue.throttleCheckTimeoutId, null)
  assert.deepEqual(sent, [1])
  queue.fulfillRequest({ correlationId: 1, payload: Buffer.alloc(0), size: 0 })
  assert.deepEqual(sent, [1, 2])
})
