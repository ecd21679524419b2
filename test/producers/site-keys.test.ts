import assert from 'node:assert/strict'
import { chmod, stat, writeFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { siteKeySchema } from '../../src/contracts/site.ts'
import { createSiteKeys, loadSiteKeys, seededSiteKeys, siteKeysFile } from '../../src/producers/site-keys.ts'
import { tempDir } from '../support/temp-dir.ts'

describe('the keys of a site', () => {
  test('are made once, kept for this user only, and read again', async (t) => {
    const at = { dataDir: await tempDir(t), siteId: 'lisbon' }
    const made = await createSiteKeys({ ...at, programmeKey: Buffer.alloc(32, 5) })
    const again = await createSiteKeys(at)
    const read = await loadSiteKeys(at)
    for (const keys of [again, read]) {
      assert.deepEqual(keys.identityKey, made.identityKey)
      assert.deepEqual(keys.subjectKey, made.subjectKey)
      assert.deepEqual(keys.programmeKey, new Uint8Array(32).fill(5))
      assert.equal(keys.signing.publicKey, made.signing.publicKey)
      assert.equal(keys.signing.keyId, made.signing.keyId)
    }
    assert.equal((await stat(siteKeysFile(at.dataDir, 'lisbon'))).mode & 0o777, 0o600)
    assert.equal(made.identityKey.length, 32)
    assert.notDeepEqual(made.identityKey, made.subjectKey)
  })

  test('two processes that make them at once end with the same', async (t) => {
    const at = { dataDir: await tempDir(t), siteId: 'lisbon' }
    const made = await Promise.all(Array.from({ length: 8 }, () => createSiteKeys(at)))
    assert.equal(new Set(made.map((keys) => keys.signing.publicKey)).size, 1)
  })

  test('a site without keys, with broken keys or with keys that others can read is told so', async (t) => {
    const at = { dataDir: await tempDir(t), siteId: 'lisbon' }
    await assert.rejects(loadSiteKeys(at), { name: 'SetupError', code: 'SITE_KEYS_MISSING' })
    await createSiteKeys(at)
    const file = siteKeysFile(at.dataDir, 'lisbon')
    await chmod(file, 0o644)
    await assert.rejects(loadSiteKeys(at), { name: 'SetupError', code: 'DATA_DIR_UNUSABLE' })
    await chmod(file, 0o600)
    await writeFile(file, '{"version":1}')
    await assert.rejects(loadSiteKeys(at), { name: 'SetupError', code: 'SITE_KEYS_MISSING' })
    await assert.rejects(createSiteKeys(at), { code: 'SITE_KEYS_MISSING' }, 'broken keys are never replaced')
    assert.throws(() => siteKeysFile(at.dataDir, '../other'))
  })

  test('seeded keys repeat, and differ by site, seed and purpose', () => {
    const keys = seededSiteKeys({ siteId: 'north-1', seed: 7 })
    const again = seededSiteKeys({ siteId: 'north-1', seed: 7 })
    assert.deepEqual(keys.identityKey, again.identityKey)
    assert.equal(keys.signing.publicKey, again.signing.publicKey)
    siteKeySchema.parse({ ...keys.signing, validFrom: '2026-01-01T00:00:00.000Z' })
    for (const other of [
      seededSiteKeys({ siteId: 'north-2', seed: 7 }),
      seededSiteKeys({ siteId: 'north-1', seed: 8 }),
    ]) {
      assert.notDeepEqual(other.identityKey, keys.identityKey)
      assert.notEqual(other.signing.keyId, keys.signing.keyId)
    }
    assert.notDeepEqual(keys.identityKey, keys.subjectKey)
  })
})
