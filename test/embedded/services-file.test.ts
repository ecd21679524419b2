import assert from 'node:assert/strict'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { announceServices, findRunningServices, withdrawServices } from '../../src/embedded/services-file.ts'
import { tempDir } from '../support/temp-dir.ts'

const kafka = {
  name: 'kafka',
  version: '4.4.0',
  address: '127.0.0.1:20000',
  pid: () => 1,
  stop: async () => {},
} as const

describe('the services file', () => {
  test('names the services of an engine that runs, to its user only', async (t) => {
    const dataDir = await tempDir(t)
    assert.equal(await findRunningServices(dataDir), undefined)
    await announceServices(dataDir, { kafka, clickhouse: undefined })
    const found = await findRunningServices(dataDir)
    assert.deepEqual(found?.kafka, { address: '127.0.0.1:20000', version: '4.4.0' })
    assert.equal(found.clickhouse, undefined)
    assert.equal((await stat(join(dataDir, 'services.json'))).mode & 0o777, 0o600)
    await withdrawServices(dataDir)
    assert.equal(await findRunningServices(dataDir), undefined)
  })

  test('an engine that was killed, also one of an earlier version, runs no more', async (t) => {
    const dataDir = await tempDir(t)
    const file = join(dataDir, 'services.json')
    await announceServices(dataDir, { kafka, clickhouse: undefined })
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace(/"owner": "\d+-/, `"owner": "${2 ** 30}-`))
    assert.equal(await findRunningServices(dataDir), undefined)
    await writeFile(file, JSON.stringify({ ownerPid: process.pid }))
    assert.equal(await findRunningServices(dataDir), undefined)
  })
})
