import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { choosePorts } from '../../src/embedded/free-port.ts'
import { createHealth } from '../../src/runtime/health.ts'
import { serveHealth } from '../../src/runtime/serve-health.ts'
import { startTelemetry } from '../../src/runtime/telemetry.ts'
import { occupiedPort } from '../support/occupied-port.ts'
import { tempDir } from '../support/temp-dir.ts'

const freePort = async (t: { after: (work: () => Promise<void>) => void }): Promise<number> => {
  const [port = 0] = await choosePorts(join(await tempDir(t), 'ports.json'), [undefined])
  return port
}

const open = (t: { after: (work: () => Promise<void>) => void }) => {
  const telemetry = startTelemetry({ service: 'test', version: '0', servesMetrics: true })
  t.after(telemetry.stop)
  return telemetry
}

describe('the health endpoints', () => {
  test('serve metrics, and say whether the process lives and is ready', async (t) => {
    const telemetry = open(t)
    telemetry.meter.createCounter('runtime_tests_total').add(3)
    const [health, port, host] = [createHealth(), await freePort(t), '127.0.0.1']
    const served = await serveHealth({ host, port, health, metrics: telemetry.metricsPage })
    t.after(served.stop)
    const ask = async (path: string) => {
      const answer = await fetch(`http://${host}:${port}${path}`)
      return [answer.status, await answer.text()] as const
    }
    assert.match((await ask('/metrics'))[1], /^runtime_tests_total.* 3$/m)
    assert.deepEqual(await ask('/livez'), [200, 'ok\n'])
    let problem: string | undefined
    health.mustHold('the loop', () => problem)
    const hasHappened = health.mustHappen('models')
    assert.deepEqual(await ask('/livez'), [200, 'ok\n'])
    assert.deepEqual(await ask('/readyz'), [503, 'models: not yet\n'])
    hasHappened()
    assert.deepEqual(await ask('/readyz'), [200, 'ok\n'])
    problem = 'has not moved'
    for (const path of ['/livez', '/readyz'])
      assert.deepEqual(await ask(path), [503, 'the loop: has not moved\n'])
    problem = undefined
    health.end()
    assert.deepEqual([await ask('/livez'), (await ask('/readyz'))[0]], [[200, 'ok\n'], 503])
    assert.equal((await ask('/none'))[0], 404)
  })

  test('say that their port is in use, or that their address is not of this machine', async (t) => {
    const options = { host: '127.0.0.1', health: createHealth(), metrics: open(t).metricsPage }
    await assert.rejects(serveHealth({ ...options, port: await occupiedPort(t) }), {
      code: 'PORT_IN_USE',
      remedy: /OSTEOSTREAM_METRICS_PORT/,
    })
    await assert.rejects(serveHealth({ ...options, host: '192.0.2.1', port: await freePort(t) }), {
      code: 'SETTING_INVALID',
      message: /OSTEOSTREAM_METRICS_HOST/,
    })
  })
})
