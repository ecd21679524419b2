import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { blobReferenceOf } from '../../src/producers/blob-reference.ts'
import { createFileBlobStore } from '../../src/producers/file-blob-store.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { tempDir } from '../support/temp-dir.ts'

const bytes = Buffer.from('a large film')
const sha256 = createHash('sha256').update(bytes).digest('hex')
const fileOf = (folder: string) => join(folder, sha256.slice(0, 2), sha256)

describe('the film store', () => {
  test('gives back what was put, under its hash, once', async (t) => {
    const folder = await tempDir(t)
    const store = createFileBlobStore({ folder, logger: silentLogger })
    const reference = await store.put(bytes, sha256)
    assert.equal(reference, `blob:sha256:${sha256}`)
    assert.equal(await store.put(bytes, sha256), reference)
    assert.deepEqual(await readdir(join(folder, sha256.slice(0, 2))), [sha256])
    assert.deepEqual(await store.get(reference), new Uint8Array(bytes))
  })

  test('opens nothing but its own references', async (t) => {
    const folder = await tempDir(t)
    const store = createFileBlobStore({ folder: join(folder, 'blobs'), logger: silentLogger })
    await writeFile(join(folder, 'secret'), 'secret')
    await store.put(bytes, sha256)
    for (const reference of [
      `file://${folder}/secret`,
      `blob:sha256:../../secret`,
      `blob:sha256:${sha256}/../../secret`,
      `blob:sha256:${sha256.toUpperCase()}`,
      `blob:md5:${sha256}`,
      ` ${blobReferenceOf(sha256)}`,
      `${blobReferenceOf(sha256)}\n`,
    ])
      assert.equal(await store.get(reference), undefined, reference)
    assert.equal(await store.get(blobReferenceOf('0'.repeat(64))), undefined)
  })

  test('never serves other bytes than the hash names, and refuses to keep them', async (t) => {
    const folder = await tempDir(t)
    const store = createFileBlobStore({ folder, logger: silentLogger })
    await assert.rejects(store.put(Buffer.from('other'), sha256))
    const reference = await store.put(bytes, sha256)
    await writeFile(fileOf(folder), 'a large fiLm')
    assert.equal(await store.get(reference), undefined)
    await store.put(bytes, sha256)
    assert.deepEqual(await store.get(reference), new Uint8Array(bytes), 'put again, it is there again')
  })

  test('forgets films past their time, unless they were put again', async (t) => {
    const folder = await tempDir(t)
    const store = createFileBlobStore({ folder, logger: silentLogger })
    const reference = await store.put(bytes, sha256)
    const old = new Date('2020-01-01')
    await utimes(fileOf(folder), old, old)
    await store.put(bytes, sha256)
    assert.equal(await store.removeOlderThan(new Date('2021-01-01')), 0)
    await utimes(fileOf(folder), old, old)
    assert.equal(await store.removeOlderThan(new Date('2021-01-01')), 1)
    assert.equal(await store.get(reference), undefined)
  })
})
