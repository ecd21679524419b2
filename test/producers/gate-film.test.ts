import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { crc32 } from 'node:zlib'
import { encodeJpeg, encodePng } from '../../src/imaging/codecs/sharp-codec.ts'
import { decodeFilm } from '../../src/imaging/decode-film.ts'
import { parseDicom } from '../../src/imaging/dicom/parse-dicom.ts'
import { type DicomFilmSpec, writeDicomFilm } from '../../src/imaging/dicom/write-dicom-film.ts'
import { readFilmHeader } from '../../src/imaging/read-film-header.ts'
import { gateFilm, shortestSidePixels } from '../../src/producers/gate-film.ts'
import { seededSiteKeys } from '../../src/producers/site-keys.ts'
import type { Logger } from '../../src/runtime/logger.ts'
import { tempDir } from '../support/temp-dir.ts'
import { createFakeLog, openClinic } from './fake-clinic.ts'

const keys = seededSiteKeys({ siteId: 'lisbon', seed: 'test' })
const markers = ['ZZMARKER', '20260217', '19480305', '1.2.999.777']
const uid = (name: number) => `1.2.999.777.${name}`

/** The smallest film that passes the gate. */
const size = { rows: shortestSidePixels, columns: shortestSidePixels + 4 }

const spec: DicomFilmSpec = {
  sopInstanceUid: uid(1),
  ...size,
  pixels: Uint16Array.from({ length: size.rows * size.columns }, (_, index) => (index * 5) % 4096),
  bitsStored: 12,
  photometric: 'MONOCHROME2',
  acquisition: { modality: 'DX', intent: 'FOR PRESENTATION', maker: 'Example', bodyPart: 'HIP', kvp: 75 },
  study: {
    studyInstanceUid: uid(2),
    seriesInstanceUid: uid(3),
    date: '20260217',
    time: '101112',
    description: 'ZZMARKER study',
    accessionNumber: 'ZZMARKER-acc',
    institution: 'ZZMARKER hospital',
    station: 'ZZMARKER-st',
  },
  patient: {
    name: 'ZZMARKER^ANNA',
    id: 'ZZMARKER-4711',
    issuerOfId: 'ZZMARKER-issuer',
    birthDate: '19480305',
    sex: 'F',
  },
  more: [
    [0x00080090, 'PN', 'ZZMARKER^REFERRER'],
    [0x00081110, 'SQ', [{ item: [[0x00081155, 'UI', uid(4)]] }]],
    [0x00091001, 'LO', 'ZZMARKER private'],
    [0x00101000, 'LO', 'ZZMARKER-other-id'],
    [0x00104000, 'LT', 'ZZMARKER comment'],
    [0x00204000, 'LT', 'ZZMARKER image comment'],
    [0x60003000, 'OW', new TextEncoder().encode('ZZMARKER in an overlay  ')],
  ],
}

const pngChunk = (type: string, text: string): Buffer => {
  const body = Buffer.concat([Buffer.from(type), Buffer.from(text)])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(body.length - 4)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}

const picture = {
  ...size,
  values: Uint16Array.from({ length: size.rows * size.columns }, (_, index) => index % 256),
}

const markedPng = async (): Promise<Uint8Array> => {
  const png = Buffer.from(await encodePng(picture, 8))
  return Buffer.concat([
    png.subarray(0, 33),
    pngChunk('tEXt', 'Patient\0ZZMARKER'),
    png.subarray(33),
    Buffer.from('ZZMARKER behind the end'),
  ])
}

const jpegSegment = (marker: number, text: string): Buffer =>
  Buffer.concat([Buffer.from([0xff, marker, 0, text.length + 2]), Buffer.from(text)])

const markedJpeg = async (): Promise<Uint8Array> => {
  const jpeg = Buffer.from(await encodeJpeg(picture))
  return Buffer.concat([
    jpeg.subarray(0, 2),
    jpegSegment(0xe1, 'Exif\0\0ZZMARKER'),
    jpegSegment(0xfe, 'ZZMARKER comment'),
    jpeg.subarray(2),
    Buffer.from('ZZMARKER'),
  ])
}

const files: [string, () => Promise<Uint8Array>][] = [
  ['a DICOM film', async () => writeDicomFilm(spec)],
  ['an implicit one', async () => writeDicomFilm({ ...spec, syntax: 'implicitLittleEndian' })],
  ['a big-endian one', async () => writeDicomFilm({ ...spec, syntax: 'explicitBigEndian' })],
  ['a deflated one', async () => writeDicomFilm({ ...spec, syntax: 'deflatedLittleEndian' })],
  [
    'one with bytes behind its end',
    async () => Buffer.concat([writeDicomFilm(spec), Buffer.from('ZZMARKER')]),
  ],
  ['a truncated one', async () => writeDicomFilm(spec).slice(0, -40)],
  ['one of another modality', async () => writeDicomFilm({ ...spec, more: [[0x00080060, 'CS', 'MR']] })],
  ['one with text burned in', async () => writeDicomFilm({ ...spec, burnedIn: true })],
  [
    'one of a child',
    async () => writeDicomFilm({ ...spec, patient: { ...spec.patient, birthDate: '20150305' } }),
  ],
  ['no film at all', async () => Buffer.from('ZZMARKER^ANNA 19480305')],
  ['a PNG', markedPng],
  ['a JPEG', markedJpeg],
]

/** Bytes as text; what a deflated film holds is read out of it. */
const legible = (bytes: Uint8Array): string => {
  const parsed = parseDicom(bytes)
  const inside = parsed.kind === 'ok' ? Buffer.from(parsed.value.bytes).toString('latin1') : ''
  return `${Buffer.from(bytes).toString('latin1')}\n${inside}`
}

/** Everything that leaves the clinic, as text. */
const outgoing = (log: ReturnType<typeof createFakeLog>): string =>
  log.records
    .flatMap(({ record }) => [
      JSON.stringify(record.headers),
      record.key,
      legible(record.value ?? new Uint8Array(0)),
    ])
    .join('\n')

/** A logger that keeps its lines. */
const createLines = () => {
  const lines: string[] = []
  const note = (...line: unknown[]) => void lines.push(JSON.stringify(line))
  const logger: Logger = { debug: note, info: note, warn: note, error: note, child: () => logger }
  return { lines, logger }
}

describe('the gate at the clinic', () => {
  for (const [what, file] of files)
    test(`${what}: no name, number, birth date or original UID leaves the clinic`, async (t) => {
      const log = createFakeLog()
      const bytes = await file()
      const clinic = await openClinic(t, { folder: await tempDir(t), log, gate: gateFilm })
      await clinic.submit({ siteId: 'lisbon', file: bytes, receivedVia: 'file' })
      const text = outgoing(log)
      assert.equal(log.records.length, 2)
      // The day of the film is kept on purpose, but in the attributes alone and not as DICOM writes it.
      for (const marker of markers) assert.ok(!text.includes(marker), `${marker} leaves the clinic`)
    })

  test('the markers are in the files, so the test above can fail', async () => {
    for (const [what, file] of files) assert.ok(legible(await file()).includes('ZZMARKER'), what)
  })

  test('nor is any of it in the spool or in a log line while the broker is away', async (t) => {
    const folder = await tempDir(t)
    const { lines, logger } = createLines()
    const away = createFakeLog(() => 'lost')
    for (const [, file] of files) {
      const clinic = await openClinic(t, {
        folder,
        log: away,
        gate: gateFilm,
        logger,
        pause: async () => void clinic.stop(),
      })
      await clinic.submit({ siteId: 'lisbon', file: await file(), receivedVia: 'file' })
    }
    const entries = await readdir(join(folder, 'spool'), { recursive: true, withFileTypes: true })
    const kept = await Promise.all(
      entries
        .filter((entry) => entry.isFile())
        .map(async (entry) => legible(await readFile(join(entry.parentPath, entry.name)))),
    )
    assert.equal(kept.length, 2 * files.length)
    assert.equal(lines.length, files.length, 'each failure is told')
    for (const text of [...kept, ...lines])
      for (const marker of markers) assert.ok(!text.includes(marker), `${marker} stays behind`)
  })

  test('a film passes with its pixels, its attributes and a new UID, the same each time', async () => {
    const bytes = writeDicomFilm(spec)
    const [gated, again] = [await gateFilm(bytes, keys), await gateFilm(bytes, keys)]
    assert.ok(gated.kind === 'passed' && again.kind === 'passed')
    assert.deepEqual(again.film, gated.film)
    assert.equal(gated.identity.sopInstanceUid, uid(1))
    assert.equal(gated.identity.patientId, 'ZZMARKER-4711')
    assert.equal(gated.attributes.acquisitionDay, '2026-02-17')
    assert.equal(gated.attributes.ageBand, '75-79')
    const header = readFilmHeader(gated.film)
    assert.ok(header.kind === 'ok')
    assert.match(header.value.identity.sopInstanceUid ?? '', /^2\.25\.\d+$/)
    assert.equal(header.value.identity.patientId, undefined)
    const pixelHashOf = async (film: Uint8Array): Promise<string> => {
      const read = readFilmHeader(film)
      assert.ok(read.kind === 'ok')
      const decoded = await decodeFilm(film, read.value)
      assert.ok(decoded.kind === 'ok')
      return decoded.value.pixelHash
    }
    assert.equal(await pixelHashOf(gated.film), await pixelHashOf(bytes))
    const elsewhere = await gateFilm(bytes, seededSiteKeys({ siteId: 'porto', seed: 'test' }))
    assert.ok(elsewhere.kind === 'passed')
    assert.notDeepEqual(elsewhere.film, gated.film, 'no other clinic makes the same UID')
  })

  const known = { sopInstanceUid: uid(1), patientId: 'ZZMARKER-4711', issuerOfPatientId: 'ZZMARKER-issuer' }
  const child = { ...spec, patient: { ...spec.patient, birthDate: '20150305' } }
  const raw = { ...spec, acquisition: { ...spec.acquisition, intent: 'FOR PROCESSING' } } as const
  const small = shortestSidePixels - 1
  const tooSmall = { ...spec, rows: small, pixels: spec.pixels.slice(0, small * spec.columns) }
  const dicom = 'application/dicom'
  const refusals: [string, Uint8Array, string, string, object][] = [
    ['nothing', new Uint8Array(0), 'PAYLOAD_EMPTY', dicom, {}],
    ['text', Buffer.from('no film'), 'FILE_CORRUPT', dicom, {}],
    [
      'half a PNG',
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      'FILE_CORRUPT',
      'image/png',
      {},
    ],
    ['half a film', writeDicomFilm(spec).slice(0, -40), 'FILE_CORRUPT', dicom, {}],
    ['a film of a child', writeDicomFilm(child), 'UNDER_18', dicom, known],
    ['a film below the floor', writeDicomFilm(tooSmall), 'TOO_FEW_PIXELS', dicom, known],
    ['a raw image', writeDicomFilm(raw), 'RAW_IMAGE', dicom, known],
  ]
  for (const [what, bytes, refusal, contentType, identity] of refusals)
    test(`${what} is kept back with ${refusal}, without attributes`, async () => {
      const gated = await gateFilm(bytes, keys)
      assert.ok(gated.kind === 'refused' && gated.detail !== undefined && gated.detail.length > 8)
      const { detail: _detail, ...rest } = gated
      assert.deepEqual(rest, { kind: 'refused', refusal, contentType, identity, attributes: {} })
    })

  test('a refused film that comes again is the same event', async (t) => {
    const log = createFakeLog()
    const clinic = await openClinic(t, { folder: await tempDir(t), log, gate: gateFilm })
    const submit = (file: Uint8Array) => clinic.submit({ siteId: 'lisbon', file, receivedVia: 'file' })
    const first = await submit(writeDicomFilm(child))
    const again = await submit(writeDicomFilm({ ...child, burnedIn: true }))
    assert.deepEqual([first.refusal, again.eventId], ['UNDER_18', first.eventId])
  })

  test('a film that came broken and comes again whole is not taken for a copy of the broken one', async (t) => {
    const log = createFakeLog()
    const clinic = await openClinic(t, { folder: await tempDir(t), log, gate: gateFilm })
    const whole = writeDicomFilm(spec)
    const broken = await clinic.submit({ siteId: 'lisbon', file: whole.slice(0, -40), receivedVia: 'file' })
    const repaired = await clinic.submit({ siteId: 'lisbon', file: whole, receivedVia: 'file' })
    assert.equal(broken.refusal, 'FILE_CORRUPT')
    assert.equal(repaired.refusal, undefined)
    assert.notEqual(broken.eventId, repaired.eventId)
  })
})
