import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { choosePorts } from '../../src/embedded/free-port.ts'
import { startTelemetry } from '../../src/runtime/telemetry.ts'
import { occupiedPort } from '../support/occupied-port.ts'
import { tempDir } from '../support/temp-dir.ts'

describe('the metrics endpoint', () => {
  test('serves on its port once it is told to', async (t) => {
    const [metricsPort] = await choosePorts(join(await tempDir(t), 'ports.json'), [undefined])
    const telemetry = startTelemetry({ service: 'test', version: '0', metricsPort })
    t.after(telemetry.stop)
    telemetry.meter.createCounter('runtime_tests_total').add(3)
    await telemetry.serveMetrics()
    const page = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
    assert.match(page, /^runtime_tests_total.* 3$/m)
  })

  test('says that its port is in use; without a port there is nothing to serve', async (t) => {
    const taken = startTelemetry({ service: 'test', version: '0', metricsPort: await occupiedPort(t) })
    t.after(taken.stop)
    await assert.rejects(taken.serveMetrics(), { code: 'PORT_IN_USE', remedy: /OSTEOSTREAM_METRICS_PORT/ })
    const none = startTelemetry({ service: 'test', version: '0' })
    t.after(none.stop)
    await none.serveMetrics()
  })
})
