import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createSendInTurn } from '../../src/runtime/kafka/send-in-turn.ts'
import { waitFor } from '../support/wait-for.ts'

describe('sends in turn', () => {
  /** Producers that are numbered, and what was done with them. */
  const numbered = () => {
    const told: string[] = []
    let opened = 0
    const turns = createSendInTurn<number>({
      open: async () => (opened += 1),
      close: async (producer) => void told.push(`closed ${producer}`),
    })
    return { told, turns }
  }

  test('the next send of a topic waits for the one before it, that of another topic does not', async () => {
    const { told, turns } = numbered()
    let end = (): void => {}
    const slow = turns.send('a', () => new Promise<void>((resolve) => (end = resolve)))
    const next = turns.send('a', async () => void told.push('next'))
    await turns.send('b', async () => void told.push('other'))
    end()
    await Promise.all([slow, next])
    assert.deepEqual(told, ['other', 'next'])
  })

  test('after a failure records are numbered anew, and the old producer is closed when nobody sends by it', async () => {
    const { told, turns } = numbered()
    let end = (): void => {}
    const slow = turns.send('b', () => new Promise<void>((resolve) => (end = resolve)))
    await assert.rejects(turns.send('a', () => Promise.reject(new Error('no answer'))))
    assert.equal(await turns.send('a', async (producer) => producer), 2)
    assert.deepEqual(told, [])
    end()
    await slow
    await waitFor('the first producer to be closed', () => told.length > 0)
    await turns.stop()
    assert.deepEqual(told, ['closed 1', 'closed 2'])
  })
})
