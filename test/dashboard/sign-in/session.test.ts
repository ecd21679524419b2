import assert from 'node:assert/strict'
import { get } from 'node:http'
import { after, before, describe, test } from 'node:test'
import type { Dashboard } from '../../../src/dashboard/start-dashboard.ts'
import { undoAfter } from '../../support/undo.ts'
import { analyst, askAs, openDashboard, ownerOfAll } from '../open-dashboard.ts'

describe('signing in', () => {
  let world: Awaited<ReturnType<typeof openDashboard>>
  let dashboard: Dashboard
  const undo = undoAfter({ after })
  before(async () => {
    world = await openDashboard(undo, [{ siteId: 'north-1', region: 'north', people: 20 }])
    dashboard = await world.start()
  })

  test('a link lets in once, for minutes, and neither forged nor after a restart', async () => {
    const signIn = (ticket: string) =>
      fetch(`${dashboard.address}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-osteostream': '1' },
        body: JSON.stringify({ ticket }),
      })
    const link = await dashboard.tickets.link(analyst)
    assert.equal((await signIn(link)).status, 200)
    assert.equal((await signIn(link)).status, 401, 'twice')
    const session = await dashboard.tickets.session(ownerOfAll)
    assert.equal((await signIn(session)).status, 401, 'a session is no link')
    assert.equal((await signIn(`${link.slice(0, -4)}AAAA`)).status, 401, 'forged')
    const old = await dashboard.tickets.link(analyst)
    world.skip(11 * 60_000)
    assert.equal((await signIn(old)).status, 401, 'expired')
  })

  test('a session ends when nobody used it, and nothing is to be seen without one', async () => {
    const ask = await askAs(dashboard, analyst)
    assert.equal((await ask('/overview')).status, 200)
    world.skip(31 * 60_000)
    assert.equal((await ask('/overview')).status, 401)
    for (const path of [
      '/session',
      '/overview',
      '/prevalence',
      '/ledger',
      '/alarms',
      '/models',
      '/dead-letters',
      '/live',
      '/figures/trend/figure.svg',
    ]) {
      const response = await fetch(`${dashboard.address}/api/v1${path}`)
      assert.equal(response.status, 401, path)
      assert.match(response.headers.get('content-type') ?? '', /problem\+json/)
    }
  })

  test('only its own pages may change anything, and only under the names of this machine', async () => {
    const ask = await askAs(dashboard, ownerOfAll)
    assert.equal((await ask('/session', { method: 'DELETE' })).status, 403, 'without the header')
    const foreign = await ask('/session', {
      method: 'DELETE',
      headers: { 'x-osteostream': '1', origin: 'http://evil.test' },
    })
    assert.equal(foreign.status, 403)
    const { hostname, port } = new URL(dashboard.address)
    const rebound = await new Promise<number>((done, fail) => {
      get({ host: hostname, port, path: '/api/v1/session', headers: { host: 'evil.test' } }, (response) => {
        response.resume()
        done(response.statusCode ?? 0)
      }).on('error', fail)
    })
    assert.equal(rebound, 421)
    const page = await fetch(dashboard.address)
    const policy = page.headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'/)
    assert.doesNotMatch(policy, /unsafe/)
  })
})
