import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createAsk } from '../../src/runtime/kafka/ask-in-time.ts'

const never = new Promise<never>(() => {})

/** Connections with numbers, and what became of them. */
const connections = () => {
  const opened: number[] = []
  const closed: number[] = []
  return {
    opened,
    closed,
    open: async () => opened.push(opened.length + 1),
    close: async (number: number) => void closed.push(number),
  }
}

describe('asking in time', () => {
  test('an answer comes over the one connection', async () => {
    const { opened, closed, open, close } = connections()
    const { ask, stop } = await createAsk({ open, close, limitMs: 60_000 })
    assert.equal(await ask(async (number) => `by ${number}`), 'by 1')
    assert.equal(await ask(async (number) => `by ${number}`), 'by 1')
    await stop()
    assert.deepEqual({ opened, closed }, { opened: [1], closed: [1] })
  })

  test('a question that is never answered is given up, and the next one has a connection of its own', async () => {
    const { opened, closed, open, close } = connections()
    const { ask, stop } = await createAsk({ open, close, limitMs: 20 })
    await assert.rejects(
      ask(() => never),
      { code: 'KAFKA_NO_ANSWER' },
    )
    assert.equal(await ask(async (number) => `by ${number}`), 'by 2')
    await stop()
    assert.deepEqual({ opened, closed }, { opened: [1, 2], closed: [1, 2] })
  })

  test('questions that hang together leave their connection once', async () => {
    const { closed, open, close } = connections()
    const { ask, stop } = await createAsk({ open, close, limitMs: 20 })
    await Promise.allSettled([ask(() => never), ask(() => never)])
    assert.equal(await ask(async (number) => number), 2)
    await stop()
    assert.deepEqual(closed, [1, 2])
  })

  test('a question may have a limit of its own, and a connection that does not close holds nobody up', async () => {
    const { open, close } = connections()
    const { ask, stop } = await createAsk({ open, close: () => never, limitMs: 20 })
    await ask(async () => {})
    await stop()
    const patient = await createAsk({ open, close, limitMs: 60_000 })
    await assert.rejects(
      patient.ask(() => never, 20),
      { code: 'KAFKA_NO_ANSWER' },
    )
    await patient.stop()
  })

  test('a refusal is passed on and keeps the connection', async () => {
    const { opened, open, close } = connections()
    const { ask } = await createAsk({ open, close, limitMs: 60_000 })
    await assert.rejects(
      ask(() => Promise.reject(new Error('no such topic'))),
      /no such topic/,
    )
    await ask(async () => {})
    assert.deepEqual(opened, [1])
  })

  test('a connection that does not come is not kept', async () => {
    const { open, close } = connections()
    let isAway = false
    const { ask } = await createAsk({
      open: () => (isAway ? Promise.reject(new Error('away')) : open()),
      close,
      limitMs: 20,
    })
    await assert.rejects(ask(() => never))
    isAway = true
    await assert.rejects(
      ask(async () => {}),
      /away/,
    )
    isAway = false
    assert.equal(await ask(async (number) => number), 2)
  })
})
