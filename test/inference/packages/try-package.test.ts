import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { describe, test } from 'node:test'
import { listModelPackages, openModelPackage } from '../../../src/inference/packages/model-package.ts'
import { filmEncodings, hasParity, readParity } from '../../../src/inference/packages/parity.ts'
import { tryPackage } from '../../../src/inference/packages/try-package.ts'
import { tempDir } from '../../support/temp-dir.ts'
import type { NetworkFault } from '../../support/tiny-network.ts'
import { writeTinyPackage } from '../../support/tiny-package.ts'

const shipped = resolve(import.meta.dirname, '../..', '..', 'models')

describe('trial of a package', () => {
  test('the packages that are shipped, and a tiny one, pass', async (t) => {
    const packages = await listModelPackages(shipped, (folder) => assert.fail(folder))
    assert.ok(packages.length >= 2)
    for (const found of packages) assert.equal(await tryPackage(found, 'cpu'), undefined, found.manifest.name)
    const folder = await writeTinyPackage(await tempDir(t), { name: 'tiny' })
    assert.equal(await tryPackage(await openModelPackage(folder), 'cpu'), undefined)
  })

  const faults: Readonly<Record<NetworkFault, string>> = {
    wide: 'it has 4 logits',
    infinite: 'its outputs are not finite',
    neighbours: 'its reading of an image depends on the others in the batch',
  }
  for (const fault of ['wide', 'infinite', 'neighbours'] as const)
    test(`a network with the fault "${fault}" is found out although its digest is right`, async (t) => {
      const folder = await writeTinyPackage(await tempDir(t), { name: 'tiny', fault })
      assert.equal(await tryPackage(await openModelPackage(folder), 'cpu'), faults[fault])
    })

  test('a package must say what training said of the crops that it keeps', async (t) => {
    const models = await tempDir(t)
    const sound = await writeTinyPackage(models, { name: 'sound', parityOff: 0.0009 })
    assert.equal(await tryPackage(await openModelPackage(sound), 'cpu'), undefined)
    const off = await writeTinyPackage(models, { name: 'off', parityOff: 0.002 })
    assert.match(
      (await tryPackage(await openModelPackage(off), 'cpu')) ?? '',
      /^its readings differ from those of arithmetic by up to 0\.0020$/,
    )
  })

  test('a shipped package that keeps crops has 50 at least, of films in every encoding', async () => {
    for (const { folder, manifest } of await listModelPackages(shipped, (broken) => assert.fail(broken))) {
      if (manifest.task !== 'classify' || !hasParity(manifest)) continue
      const { crops } = await readParity(folder)
      assert.ok(crops.length >= 50, manifest.name)
      assert.deepEqual(new Set(crops.map(({ encoding }) => encoding)), new Set(filmEncodings), manifest.name)
    }
  })

  test('a heat map must be square', async (t) => {
    const models = await tempDir(t)
    const square = await writeTinyPackage(models, { name: 'square', heatPlaces: 4 })
    assert.equal(await tryPackage(await openModelPackage(square), 'cpu'), undefined)
    const oblong = await writeTinyPackage(models, { name: 'oblong', heatPlaces: 6 })
    await assert.rejects(tryPackage(await openModelPackage(oblong), 'cpu'), /missing or not square/)
  })
})
