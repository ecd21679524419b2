import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { clinicOfAeTitle, clinicOfRequest } from '../../src/gateway/clinics/clinic-registry.ts'
import { readClinicsFile } from '../../src/gateway/clinics/clinics-file.ts'
import { tempDir } from '../support/temp-dir.ts'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '..', '..')

test('a clinic is let in and out by one command each, in the folder that is named', {
  timeout: 120_000,
}, async (t) => {
  const dataDir = await tempDir(t)
  const clinics = async (...args: string[]) => {
    const all = ['src/cli/main.ts', 'gateway', 'clinics', ...args, '--data-dir', dataDir]
    return (await run(process.execPath, all, { cwd: root })).stdout
  }
  const added = JSON.parse(
    await clinics('add', '--clinic', 'lisbon', '--ae-title', 'CR_1', '--token', '--json'),
  )
  await clinics('add', '--clinic', 'lisbon', '--ae-title', 'CR_2')
  const file = join(dataDir, 'gateway', 'clinics.json')
  const known = (await readClinicsFile(file)) ?? []
  const peer = { address: '192.0.2.7' }
  assert.equal(clinicOfAeTitle(known, 'CR_1', peer), 'lisbon')
  assert.equal(clinicOfAeTitle(known, 'CR_2', peer), 'lisbon')
  assert.equal(clinicOfRequest(known, added.token, peer), 'lisbon')
  assert.ok(!(await readFile(file, 'utf8')).includes(added.token), 'only its hash is kept')
  assert.match(added.publicKey, /^MCowBQYDK2VwAyEA/)
  const keys = await readFile(join(dataDir, 'sites', 'lisbon', 'keys.json'), 'utf8')
  await assert.rejects(clinics('add', '--clinic', 'porto', '--ae-title', 'CR_1'), /belongs to one clinic/)
  await clinics('remove', '--clinic', 'lisbon')
  assert.deepEqual(await readClinicsFile(file), [])
  assert.equal(
    await readFile(join(dataDir, 'sites', 'lisbon', 'keys.json'), 'utf8'),
    keys,
    'films of it may wait',
  )
  await assert.rejects(clinics('remove', '--clinic', 'lisbon'), /SITE_UNKNOWN/)
})
