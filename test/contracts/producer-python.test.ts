import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { imageHeadersSchema, inlineFilmBytes, signedFilmOf } from '../../src/contracts/image-event.ts'
import { signedText } from '../../src/contracts/signed-film.ts'
import type { Site } from '../../src/contracts/site.ts'
import { imagesTopic, receiptsTopic } from '../../src/contracts/topics.ts'
import { createResolveFilm } from '../../src/inference/pipeline/resolve-film.ts'
import type { ParsedEvent, VerifiedEvent } from '../../src/inference/pipeline/screening-types.ts'
import { createVerifyEvent } from '../../src/inference/pipeline/verify-event.ts'
import { identifyFilm } from '../../src/producers/identify-film.ts'
import { siteOf } from '../../src/producers/register-site.ts'
import { createSiteKeys, loadSiteKeys, type SiteKeys, siteKeysFile } from '../../src/producers/site-keys.ts'
import { createSignatureCheck } from '../../src/runtime/signatures.ts'
import { tempDir } from '../support/temp-dir.ts'
import { javaPartition } from './java-murmur2.ts'
import { type Line, lineSchema, receiptOf, runProducer, skip } from './run-producer.ts'

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

type ListedFilm = { readonly entry: Record<string, unknown>; readonly content: Buffer }

const film = (content: Buffer, entry: Record<string, unknown>): ListedFilm => ({
  content,
  entry: { contentType: 'image/png', deidentified: true, ...entry },
})

const named = film(Buffer.from('a film'), {
  sopInstanceUid: '1.2.840.113619.2.55.3.1\0',
  patientId: ' AB1 ',
  issuerOfPatientId: 'Hôpital',
  nationalId: '\u00a042',
  attributes: {
    ageBand: '70-74',
    sex: 'F',
    maker: 'Example Imaging',
    kvp: 75.5,
    imagerPixelSpacingMm: [0.15, 0.15],
  },
})
const nameless = film(Buffer.from('another film'), { sopInstanceUid: ' ', originalSha256: 'e'.repeat(64) })
const large = film(Buffer.alloc(inlineFilmBytes + 1, 7), { contentType: 'application/dicom' })
const fitting = film(Buffer.alloc(inlineFilmBytes, 8), {})
const refused = film(Buffer.from('a name is burned in'), {
  refusal: 'BURNED_IN_ANNOTATION',
  deidentified: false,
})
const many = Array.from({ length: 40 }, (_, index) => film(Buffer.from(`film ${index}`), {}))
const films = [named, nameless, large, refused, fitting, ...many]

/** Runs the example over the films; answers with the image and the receipt of each. */
const recordsOf = async (folder: string): Promise<{ image: Line; receipt: Line }[]> => {
  const entries = films.map(({ entry }, index) => ({ file: `films/${index}`, ...entry }))
  await mkdir(join(folder, 'films'))
  for (const [index, { content }] of films.entries())
    await writeFile(join(folder, 'films', String(index)), content)
  await writeFile(join(folder, 'films.json'), JSON.stringify(entries))
  const out = join(folder, 'records.jsonl')
  const keys = siteKeysFile(folder, 'lisbon-1')
  const { status, stderr } = runProducer('send', join(folder, 'films.json'), '--keys', keys, '--dry-run', out)
  assert.equal(status, 0, stderr)
  const lines = (await readFile(out, 'utf8')).trimEnd().split('\n')
  const records = lines.map((line) => lineSchema.parse(JSON.parse(line)))
  assert.equal(records.length, 2 * films.length)
  return films.map((_, index) => {
    const [image, receipt] = records.slice(2 * index, 2 * index + 2)
    assert.ok(image !== undefined && receipt !== undefined)
    return { image, receipt }
  })
}

const appendedAt = '2026-11-30T10:00:00.000Z'

const eventOf = ({ partition, key, headers, value }: Line): ParsedEvent => ({
  headers: imageHeadersSchema.parse(headers),
  record: {
    position: { topic: imagesTopic.name, partition, offset: '0' },
    key,
    timestamp: appendedAt,
    headers,
    value,
  },
})

const identityOf = ({ entry, content }: ListedFilm, keys: SiteKeys) => {
  const text = (name: string): string | undefined => z.string().optional().parse(entry[name])
  const identity = {
    sopInstanceUid: text('sopInstanceUid'),
    patientId: text('patientId'),
    issuerOfPatientId: text('issuerOfPatientId'),
    nationalId: text('nationalId'),
  }
  return identifyFilm(keys, identity, text('originalSha256') ?? sha256Of(content))
}

const draft = {
  siteId: 'lisbon-1',
  name: 'One',
  region: 'Lisbon',
  timeZone: 'Europe/Lisbon',
  domain: 'synthetic',
} as const

const directoryOf = (site: Site) => ({
  find: (siteId: string) => (siteId === site.siteId ? site : undefined),
  refresh: async () => {},
})

const verifyDeps = (site: Site) => ({
  sites: directoryOf(site),
  engineKey: new Uint8Array(32),
  clockLimits: { epoch: '2020-01-01T00:00:00.000Z', spoolLimitMs: 30 * 24 * 3600 * 1000 },
})

const verifiedOf = (line: Line): VerifiedEvent => {
  const event = eventOf(line)
  return { ...event, firstImage: event.record.position, appendedAt, believedAt: appendedAt }
}

describe('the example producer in Python', { skip }, () => {
  test('its pseudonyms, records and partitions are ours, film by film', async (t) => {
    const folder = await tempDir(t)
    const keys = await createSiteKeys({
      dataDir: folder,
      siteId: 'lisbon-1',
      programmeKey: Buffer.alloc(32, 9),
    })
    const offsets = new Map<number, number>()
    for (const [index, { image, receipt }] of (await recordsOf(folder)).entries()) {
      const listed = films[index]
      assert.ok(listed !== undefined)
      const pseudonyms = identityOf(listed, keys)
      assert.equal(image.topic, imagesTopic.name)
      assert.equal(receipt.topic, receiptsTopic.name)
      assert.deepEqual([image.key, receipt.key], [pseudonyms.eventId, pseudonyms.eventId])
      assert.equal(image.partition, javaPartition(image.key, imagesTopic.partitions))
      assert.equal(receipt.partition, javaPartition(receipt.key, receiptsTopic.partitions))
      const headers = imageHeadersSchema.parse(image.headers)
      assert.equal(headers.ce_subject, pseudonyms.eventId)
      assert.equal(headers.ce_subjectkey, pseudonyms.subjectKey)
      assert.equal(headers.ce_linkkey, pseudonyms.linkKey)
      assert.deepEqual(headers.ce_attributes, listed.entry['attributes'] ?? {})
      const offset = offsets.get(image.partition) ?? 0
      offsets.set(image.partition, offset + 1)
      assert.deepEqual(receiptOf(receipt), {
        ...signedFilmOf(headers, sha256Of(Buffer.from(image.headers['ce_attributes'] ?? ''))),
        ...pseudonyms,
        signature: headers.ce_sitesig,
        image: { topic: imagesTopic.name, partition: image.partition, offset: String(offset) },
      })
      assert.equal(headers.ce_sequence, index + 1)
    }
    assert.ok(offsets.size > 6, 'the films reach most partitions')
  })

  test('its signature holds, and the engine takes its events', async (t) => {
    const folder = await tempDir(t)
    const keys = await createSiteKeys({ dataDir: folder, siteId: 'lisbon-1' })
    const site = siteOf(draft, keys)
    const verifyEvent = createVerifyEvent(verifyDeps(site))
    const isSigned = createSignatureCheck()
    for (const { image } of await recordsOf(folder)) {
      const { headers } = image
      const attributesSha256 = sha256Of(Buffer.from(headers['ce_attributes'] ?? ''))
      const text = signedText(signedFilmOf(imageHeadersSchema.parse(headers), attributesSha256))
      assert.ok(isSigned(keys.signing.publicKey, text, headers['ce_sitesig'] ?? ''))
      assert.equal((await verifyEvent(eventOf(image))).kind, 'ok')
      const stolen = { ...image, headers: { ...headers, ce_contentsha256: 'f'.repeat(64) } }
      const answer = await verifyEvent(eventOf(stolen))
      assert.ok(answer.kind === 'failed' && answer.code === 'SITE_SIGNATURE_INVALID')
    }
  })

  test('a film travels inline up to 8 MiB, else under a claim check, and not at all where it is kept back', async (t) => {
    const folder = await tempDir(t)
    await createSiteKeys({ dataDir: folder, siteId: 'lisbon-1' })
    const [first, , checked, kept, largest] = await recordsOf(folder)
    assert.ok(first !== undefined && checked !== undefined && kept !== undefined)
    assert.equal(largest?.image.value.length, inlineFilmBytes)
    assert.equal(largest.image.headers['ce_dataref'], undefined)
    assert.deepEqual(Buffer.from(first.image.value), named.content)
    assert.equal(first.image.headers['ce_contentsha256'], sha256Of(named.content))
    const resolveFilm = createResolveFilm({
      blobs: {
        put: async () => '',
        get: async (reference) =>
          reference === `blob:sha256:${sha256Of(large.content)}` ? large.content : undefined,
      },
    })
    assert.equal(checked.image.value.length, 0)
    const resolved = await resolveFilm(verifiedOf(checked.image))
    assert.ok(resolved.kind === 'ok' && Buffer.from(resolved.value.bytes).equals(large.content))
    assert.equal(kept.image.value.length, 0)
    const outcome = await resolveFilm(verifiedOf(kept.image))
    assert.ok(outcome.kind === 'rejected' && outcome.reason === 'BURNED_IN_ANNOTATION')
  })

  test('it makes the keys of a site once, and the registry takes what it prints', async (t) => {
    const folder = await tempDir(t)
    const file = siteKeysFile(folder, 'porto-2')
    const made = runProducer('keys', '--site', 'porto-2', '--out', file)
    assert.equal(made.status, 0, made.stderr)
    const keys = await loadSiteKeys({ dataDir: folder, siteId: 'porto-2' })
    const printed = z
      .array(z.object({ keyId: z.string(), publicKey: z.string(), validFrom: z.string() }))
      .parse(JSON.parse(made.stdout))
    assert.deepEqual(printed[0]?.publicKey, keys.signing.publicKey)
    assert.equal(
      siteOf({ ...draft, siteId: 'porto-2', keys: printed }, keys).keys[0]?.keyId,
      keys.signing.keyId,
    )
    const again = runProducer('keys', '--site', 'porto-2', '--out', file)
    assert.equal(again.status, 1)
    assert.match(again.stderr, /never replaced/)
  })

  test('a film that nobody has called de-identified stays where it is', async (t) => {
    const folder = await tempDir(t)
    await createSiteKeys({ dataDir: folder, siteId: 'lisbon-1' })
    await writeFile(join(folder, 'film.png'), 'x')
    const list = join(folder, 'films.json')
    await writeFile(list, JSON.stringify([{ file: 'film.png', contentType: 'image/png' }]))
    const flags = ['--keys', siteKeysFile(folder, 'lisbon-1'), '--dry-run', join(folder, 'out.jsonl')]
    const { status, stderr } = runProducer('send', list, ...flags)
    assert.equal(status, 1)
    assert.match(stderr, /film\.png: say "deidentified": true/)
  })
})
