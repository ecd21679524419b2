import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { longestMs, mostListeners } from '../../../src/dashboard/live/event-stream.ts'
import { undoAfter } from '../../support/undo.ts'
import { waitFor } from '../../support/wait-for.ts'
import { analyst, askAs, openDashboard } from '../open-dashboard.ts'

describe('pages that listen', () => {
  const undo = undoAfter({ after })

  test('are told the state, are let go when their session may be over, and are 200 at most', async () => {
    const world = await openDashboard(undo, [{ siteId: 'north-1', region: 'north', people: 20 }])
    const dashboard = await world.start()
    const ask = await askAs(dashboard, analyst)
    const first = await ask('/live')
    assert.equal(first.headers.get('content-type'), 'text/event-stream')
    const reader = first.body?.getReader()
    assert.ok(reader)
    let told = ''
    await waitFor('the state', async () => {
      const { value } = await reader.read()
      told += new TextDecoder().decode(value)
      return told.includes('event: state')
    })
    assert.match(told, /"received":20,.*"balanced":true/)
    const stop = new AbortController()
    const more = await Promise.all(
      Array.from({ length: mostListeners - 1 }, () => ask('/live', { signal: stop.signal })),
    )
    const full = await ask('/live')
    assert.equal(full.status, 503)
    // Held until here: fetch ends the connection of an answer that nobody holds any more.
    assert.deepEqual(new Set(more.map(({ status }) => status)), new Set([200]))
    world.skip(longestMs + 1000)
    await waitFor('the connection to end', async () => (await reader.read()).done)
    stop.abort()
  })
})
