import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { siteSchema } from '../../src/contracts/site.ts'
import { sitesTopic } from '../../src/contracts/topics.ts'
import { readSitesFile, registerSite, siteOf } from '../../src/producers/register-site.ts'
import { seededSiteKeys } from '../../src/producers/site-keys.ts'
import { tempDir } from '../support/temp-dir.ts'
import { createFakeLog } from './fake-clinic.ts'

const draft = {
  siteId: 'lisbon',
  name: 'Hospital of Lisbon',
  region: 'South',
  timeZone: 'Europe/Lisbon',
  domain: 'synthetic',
} as const

const fileOf = async (t: Parameters<typeof tempDir>[0], text: string): Promise<string> => {
  const file = join(await tempDir(t), 'sites.json')
  await writeFile(file, text)
  return file
}

describe('registering sites', () => {
  test('an entry holds from the beginning, with the key of this machine, under site and beginning', async () => {
    const keys = seededSiteKeys({ siteId: 'lisbon', seed: 1 })
    const site = siteOf(draft, keys)
    const { keyId, publicKey } = keys.signing
    assert.deepEqual(site.keys, [{ keyId, publicKey, validFrom: '1970-01-01T00:00:00.000Z' }])
    const log = createFakeLog()
    const now = () => new Date('2026-01-01T00:00:00.000Z')
    await registerSite({ publisher: log, now }, site)
    const [record] = log.of(sitesTopic.name)
    assert.equal(record?.key, 'lisbon@1970-01-01T00:00:00.000Z')
    assert.deepEqual(siteSchema.parse(JSON.parse(Buffer.from(record?.value ?? []).toString())), site)
    assert.equal(JSON.stringify(site).includes('private'), false)
  })

  test('keys that the draft brings stay', () => {
    const keys = seededSiteKeys({ siteId: 'lisbon', seed: 1 })
    const own = [{ keyId: 'own', publicKey: keys.signing.publicKey, validFrom: '2026-01-01T00:00:00.000Z' }]
    assert.deepEqual(siteOf({ ...draft, keys: own }, keys).keys, own)
  })

  test('a file is read whole or not at all, and says what is wrong where', async (t) => {
    const [read] = await readSitesFile(await fileOf(t, JSON.stringify([draft])))
    assert.equal(read?.validFrom, '1970-01-01T00:00:00.000Z')
    const faults: [string, RegExp][] = [
      ['[', /JSON/],
      ['[]', /at least one site/],
      ['{}', /array/],
      [JSON.stringify([draft, { ...draft, timeZone: 'Lisbon' }]), /sites\[1\]\.timeZone: must be an IANA/],
      [JSON.stringify([{ ...draft, siteId: 'unattributed' }]), /sites\[0\]\.siteId: .*reserved/],
      [JSON.stringify([{ ...draft, regoin: 'South' }]), /regoin/],
      [JSON.stringify([draft, draft]), /twice/],
    ]
    for (const [text, message] of faults)
      await assert.rejects(readSitesFile(await fileOf(t, text)), { code: 'FILE_UNREADABLE', message })
    await assert.rejects(readSitesFile(join(await tempDir(t), 'none.json')), { code: 'FILE_UNREADABLE' })
  })
})
