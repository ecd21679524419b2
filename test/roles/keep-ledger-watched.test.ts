import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Ledger } from '../../src/contracts/ledger.ts'
import { choosePorts } from '../../src/embedded/free-port.ts'
import { measureLedger } from '../../src/roles/keep-ledger-watched.ts'
import { createHealth } from '../../src/runtime/health.ts'
import { serveHealth } from '../../src/runtime/serve-health.ts'
import { startTelemetry } from '../../src/runtime/telemetry.ts'
import { tempDir } from '../support/temp-dir.ts'
import { undoAfter } from '../support/undo.ts'

const ledger: Ledger = {
  received: 10,
  findings: 5,
  rejected: { CUT_OFF: 1, NOT_A_HIP: 2 },
  deadLettered: { FILE_CORRUPT: 1 },
  duplicates: 0,
  conflicts: 0,
  superseded: 0,
  faults: [],
  spools: [],
  erased: 0,
  inFlight: 0,
  lost: 1,
  doubled: 0,
  unscreenedRecords: 0,
  unscreenedBackfill: 0,
  drawnPeople: 0,
  unansweredRecords: 0,
  unsunkVerdicts: 0,
  balanced: false,
}

test('the last look at the ledger is a metric, and nothing is said before the first', async (t) => {
  const undo = undoAfter(t)
  const telemetry = startTelemetry({ service: 'test', version: '0', servesMetrics: true })
  undo(telemetry.stop)
  const folder = await tempDir({ after: (work) => undo(work) })
  const [port = 0] = await choosePorts(join(folder, 'port.json'), [undefined])
  const served = await serveHealth({
    host: '127.0.0.1',
    port,
    health: createHealth(),
    metrics: telemetry.metricsPage,
  })
  undo(served.stop)
  let nowMs = 0
  const note = measureLedger(telemetry, () => nowMs)
  const lines = async (): Promise<readonly string[]> => {
    const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    return page
      .split('\n')
      .filter((line) => line.startsWith('analytics_ledger'))
      .map((line) => line.replace(/otel_scope_\w+="[^"]*",?/g, '').replace(/,?\}/, '}'))
  }
  nowMs = 5000
  assert.deepEqual(await lines(), ['analytics_ledger_look_seconds{} 5'])
  note(ledger)
  nowMs = 65_000
  assert.deepEqual(
    (await lines()).toSorted((a, b) => (a < b ? -1 : 1)),
    [
      'analytics_ledger_balanced{} 0',
      'analytics_ledger_films{state="deadLettered"} 1',
      'analytics_ledger_films{state="doubled"} 0',
      'analytics_ledger_films{state="finding"} 5',
      'analytics_ledger_films{state="inFlight"} 0',
      'analytics_ledger_films{state="lost"} 1',
      'analytics_ledger_films{state="missing"} 0',
      'analytics_ledger_films{state="received"} 10',
      'analytics_ledger_films{state="rejected"} 3',
      'analytics_ledger_look_seconds{} 60',
    ],
  )
  note({ ...ledger, lost: 0, balanced: true })
  assert.ok((await lines()).includes('analytics_ledger_balanced{} 1'))
})
