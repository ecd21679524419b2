import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect } from '../../src/roles/open-engine.ts'
import { openProcess } from '../../src/roles/open-process.ts'
import { uniqueName, useServices } from '../support/services.ts'
import { tempDir } from '../support/temp-dir.ts'

test('a ClickHouse that runs elsewhere is asked for its version', async (t) => {
  const { brokers, clickhouse } = await useServices(t)
  const opened = openProcess('test', { dataDir: await tempDir(t) })
  t.after(() => opened.lifecycle.stop())
  const database = uniqueName('versions').replaceAll('-', '_')
  const connections = await connect(opened, {
    kafka: { brokers: brokers.split(','), version: 'unknown', mode: 'external' },
    clickhouse: { ...clickhouse, database, version: 'unknown', mode: 'external' },
  })
  assert.match(connections.services.clickhouse.version, /^26\./)
  await connections.clickhouse.command(`DROP DATABASE ${database}`)
})
