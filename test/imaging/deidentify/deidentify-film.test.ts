import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { crc32, inflateRawSync } from 'node:zlib'
import { encodeJpeg, encodePng } from '../../../src/imaging/codecs/sharp-codec.ts'
import { deidentifyFilm } from '../../../src/imaging/deidentify/deidentify-film.ts'
import { recodedSyntaxUid } from '../../../src/imaging/deidentify/recode-film.ts'
import type { DicomElement, WritableSyntax } from '../../../src/imaging/dicom/write-dicom.ts'
import { toGreyscale } from '../../../src/imaging/picture/grey-film.ts'
import { greysOf } from '../../support/greys.ts'
import {
  decoded,
  film,
  headerOf,
  hipHash,
  picture,
  refusalOf,
  sample,
  samplePath,
  withoutSamples,
} from '../films.ts'

const replacementUid = (uid: string): string =>
  `2.25.${BigInt(`0x${createHash('sha256').update(uid).digest('hex').slice(0, 30)}`)}`

const stripped = async (bytes: Uint8Array): Promise<Uint8Array> => {
  const outcome = await deidentifyFilm(bytes, headerOf(bytes), { replacementUid })
  if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome))
  return outcome.value
}

/** Everything in a file as Latin-1 text, with what is deflated. */
const textOf = (bytes: Uint8Array, syntax?: WritableSyntax): string => {
  const text = Buffer.from(bytes).toString('latin1')
  if (syntax !== 'deflatedLittleEndian') return text
  const meta = 144 + Buffer.from(bytes).readUInt32LE(140)
  return text + inflateRawSync(bytes.subarray(meta)).toString('latin1')
}

type ConfidentialAttribute = { readonly id: string; readonly name: string; readonly basicProfile: string }

/** The attributes of PS3.15 table E.1-1; repeating groups stand for their first, private ones for one of them. */
const confidential = (): ConfidentialAttribute[] => {
  const path = samplePath('ps315', 'confidentiality_profile_attributes.rev2024b.json')
  const rows: ConfidentialAttribute[] = JSON.parse(readFileSync(path, 'utf8'))
  return rows.map((row) => ({
    ...row,
    id: row.id.startsWith('gggg') ? '00091010' : row.id.replace('xxxxxx', '000010').replace('xx', '00'),
  }))
}

const markerOf = (id: string): string => `MARK${id}`.toUpperCase()

/** Groups 0000 (commands on the wire) and 0002 (the file's head) have no place in a data set. */
const marked = (): DicomElement[] =>
  confidential()
    .filter(({ id }) => !id.startsWith('0000') && !id.startsWith('0002') && id !== '00080018')
    .map(({ id }) => [Number.parseInt(id, 16), 'LO', markerOf(id)])

describe('deidentify-film: every attribute of PS3.15', { skip: withoutSamples('ps315') }, () => {
  const syntaxes: WritableSyntax[] = [
    'explicitLittleEndian',
    'implicitLittleEndian',
    'explicitBigEndian',
    'deflatedLittleEndian',
  ]
  for (const syntax of syntaxes)
    test(`${syntax}: no marker survives at the top or in a sequence`, async () => {
      const elements = marked()
      assert.ok(elements.length > 600)
      const nested: DicomElement = [0x00081111, 'SQ', [{ item: elements }]]
      const sopInstanceUid = markerOf('00080018')
      const bytes = film({ syntax, sopInstanceUid, more: [...elements, nested] })
      assert.ok(textOf(bytes, syntax).split('MARK').length > 2 * elements.length)
      const text = textOf(await stripped(bytes), syntax)
      const survivors = confidential().filter(({ id }) => text.includes(markerOf(id)))
      assert.deepEqual(survivors, [])
      assert.doesNotMatch(text, /MARK/)
      assert.equal((await decoded(await stripped(bytes))).pixelHash, (await decoded(bytes)).pixelHash)
    })
})

const identified = {
  patient: {
    name: 'Muster^Erika',
    id: 'PID-4711',
    issuerOfId: 'CLINIC',
    birthDate: '19580312',
    sex: 'F',
    age: '067Y',
  },
  study: {
    studyInstanceUid: '1.2.840.99.1',
    seriesInstanceUid: '1.2.840.99.2',
    date: '20250314',
    time: '101112',
    description: 'Hüfte links Muster',
    accessionNumber: 'ACC123',
    institution: 'Klinik Nord',
    station: 'RAUM7',
  },
  sopInstanceUid: '1.2.840.99.3',
} as const

const names = /Muster|4711|CLINIC|19580312|067Y|1\.2\.840\.99|20250314|101112|ACC123|Klinik|RAUM7|Geheim/

describe('deidentify-film: DICOM', () => {
  test('names, dates, numbers and UIDs go; UIDs are replaced, age becomes the lower end of its band', async () => {
    const bytes = film({
      ...identified,
      more: [
        [0x00204000, 'LT', 'Geheim'],
        [0x60003000, 'OW', new Uint8Array(8)],
      ],
    })
    assert.match(textOf(bytes), names)
    const out = await stripped(bytes)
    assert.doesNotMatch(textOf(out), names)
    const header = headerOf(out)
    assert.equal(header.identity.sopInstanceUid, replacementUid('1.2.840.99.3'))
    assert.equal(header.identity.patientId, undefined)
    assert.equal(header.attributes.ageBand, '65-69')
    assert.ok(textOf(out).includes('AS\x04\x00065Y'))
    assert.match(textOf(out), /YES/)
  })

  test('what FilmAttributes keep is kept, but the day', async () => {
    const bytes = film({
      ...identified,
      acquisition: {
        modality: 'CR',
        intent: 'FOR PRESENTATION',
        maker: 'Maker',
        model: 'Model',
        detector: 'Panel',
        softwareVersion: '1.0',
        bodyPart: 'HIP',
        viewPosition: 'AP',
        laterality: 'R',
        kvp: 72,
        exposureIndex: 250.5,
        deviationIndex: -1.2,
        imagerPixelSpacingMm: [0.1, 0.1],
      },
    })
    const { acquisitionDay, ...attributes } = headerOf(bytes).attributes
    assert.equal(acquisitionDay, '2025-03-14')
    assert.deepEqual(headerOf(await stripped(bytes)).attributes, attributes)
  })

  test('each band of age reads back as itself', async () => {
    for (const years of [18, 49, 50, 54, 55, 62, 79, 84, 89, 90, 104]) {
      const bytes = film({ patient: { age: `${String(years).padStart(3, '0')}Y` } })
      assert.equal(headerOf(await stripped(bytes)).attributes.ageBand, headerOf(bytes).attributes.ageBand)
    }
  })

  test('tables, windows and padding that grey needs are kept, explanations are not', async () => {
    const lut: DicomElement[] = [
      [0x00283002, 'US', [4096, 0, 16]],
      [0x00283003, 'LO', 'Geheim'],
      [0x00283004, 'LO', 'Geheim'],
      [0x00283006, 'OW', Array.from({ length: 4096 }, (_, index) => Math.round(65535 * (index / 4095) ** 2))],
    ]
    const bytes = film({
      ...identified,
      padding: 0,
      window: { centre: 2000.5, width: 3000 },
      more: [
        [0x00283000, 'SQ', [{ item: lut }]],
        [0x00281055, 'LO', 'Geheim'],
      ],
    })
    const out = await stripped(bytes)
    assert.doesNotMatch(textOf(out), names)
    assert.deepEqual(greysOf(toGreyscale(await decoded(out))), greysOf(toGreyscale(await decoded(bytes))))
    assert.deepEqual(headerOf(out).dicom?.window, { centre: 2000.5, width: 3000 })
  })

  test('overlays that hide in unused bits of the pixels go', async () => {
    const pixels = picture(37, 41, 12).map((value, index) => value | (index % 5 === 0 ? 0x8000 : 0))
    const bytes = film({ pixels })
    const out = await stripped(bytes)
    assert.equal((await decoded(out)).pixelHash, (await decoded(bytes)).pixelHash)
    const words = new Uint16Array(out.slice(out.length - 37 * 41 * 2).buffer)
    assert.ok(words.every((word) => word < 4096))
  })

  test('the same film always gives the same bytes', async () => {
    assert.deepEqual(await stripped(film(identified)), await stripped(film(identified)))
  })

  test('a film without a UID is known by its bytes, not by a UID that all such films share', async () => {
    const uidOf = async (seed: number): Promise<string | undefined> => {
      const pixels = picture(37, 41, 12).fill(seed, 0, 5)
      return headerOf(await stripped(film({ pixels, sopInstanceUid: '' }))).identity.sopInstanceUid
    }
    assert.match((await uidOf(1)) ?? '', /^2\.25\.\d+$/)
    assert.notEqual(await uidOf(1), await uidOf(2))
  })
})

describe('deidentify-film: the real hip', { skip: withoutSamples('hip-dicom') }, () => {
  for (const name of ['UNC', 'J2KR', 'JLSL', 'JPLL', 'RLE'])
    test(`${name}: places and names are gone, pixels are not, and coding where it can stay`, async () => {
      const bytes = sample('hip-dicom', `RG2_${name}.dcm`)
      const places = /HUP CR ER01|crrader|CompressedSamples|10RG2|HIP JOINT|1\.3\.6\.1\.4\.1\.5962/
      assert.match(textOf(bytes), places)
      const out = await stripped(bytes)
      assert.doesNotMatch(textOf(out), places)
      assert.equal((await decoded(out)).pixelHash, hipHash)
      const isRecoded = name.startsWith('J2K') || name.startsWith('JLS')
      const expected = isRecoded ? recodedSyntaxUid : headerOf(bytes).dicom?.transferSyntaxUid
      assert.equal(headerOf(out).dicom?.transferSyntaxUid, expected)
    })

  test('lossy pixels are the same values as before', async () => {
    for (const name of ['JPLY', 'J2KI', 'JLSN']) {
      const bytes = sample('hip-dicom', `RG2_${name}.dcm`)
      assert.equal((await decoded(await stripped(bytes))).pixelHash, (await decoded(bytes)).pixelHash)
    }
  })
})

const pngChunk = (type: string, data: string): Buffer => {
  const body = Buffer.from(type + data, 'latin1')
  const head = Buffer.alloc(4)
  head.writeUInt32BE(data.length)
  const tail = Buffer.alloc(4)
  tail.writeUInt32BE(crc32(body))
  return Buffer.concat([head, body, tail])
}

const jpegSegment = (marker: number, data: string): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(data.length + 2, 2)
  return Buffer.concat([head, Buffer.from(data, 'latin1')])
}

describe('deidentify-film: pictures', () => {
  test('PNG: text, time, EXIF, profiles, unknown chunks and what is appended go', async () => {
    const plain = await encodePng({ rows: 37, columns: 41, values: picture(37, 41, 16) }, 16)
    const chunks = ['tEXt', 'zTXt', 'iTXt', 'tIME', 'eXIf', 'iCCP', 'prVt'].map((type) =>
      pngChunk(type, 'Comment\0Geheim'),
    )
    const parts = [plain.subarray(0, 33), ...chunks, plain.subarray(33), Buffer.from('Geheim')]
    const bytes = new Uint8Array(Buffer.concat(parts))
    const out = await stripped(bytes)
    assert.doesNotMatch(textOf(out), /Geheim|tEXt|eXIf|prVt/)
    assert.equal((await decoded(out)).pixelHash, (await decoded(plain)).pixelHash)
  })

  test('JPEG: EXIF, XMP, IPTC, profiles, thumbnails, comments and what is appended go', async () => {
    const plain = await encodeJpeg({ rows: 37, columns: 41, values: picture(37, 41, 8) })
    const segments = [0xe1, 0xe2, 0xed, 0xec, 0xef, 0xfe].map((marker) => jpegSegment(marker, 'Geheim'))
    const jfif = jpegSegment(0xe0, 'JFIF\0\x01\x02\0\0\x01\0\x01\x01\x01Geheim')
    const end = Buffer.from('Geheim')
    const beforeEnd = plain.length - 2
    const bytes = new Uint8Array(
      Buffer.concat([
        plain.subarray(0, 2),
        jfif,
        ...segments,
        plain.subarray(2, beforeEnd),
        // Between scans there may be segments too.
        jpegSegment(0xfe, 'Geheim'),
        plain.subarray(beforeEnd),
        end,
      ]),
    )
    assert.match(textOf(bytes), /Geheim/)
    const buffer = Buffer.from(bytes)
    const out = await stripped(buffer)
    assert.equal(Buffer.compare(buffer, bytes), 0, 'the film itself is not touched')
    assert.doesNotMatch(textOf(out), /Geheim/)
    assert.equal((await decoded(out)).pixelHash, (await decoded(plain)).pixelHash)
  })

  test('a picture that breaks off is refused', async () => {
    const png = await encodePng({ rows: 37, columns: 41, values: picture(37, 41, 8) }, 8)
    const outcome = await deidentifyFilm(png.slice(0, -20), headerOf(png), { replacementUid })
    assert.equal(outcome.kind === 'failed' && outcome.code, 'FILE_CORRUPT')
    assert.equal(await refusalOf(png.slice(0, png.length >> 1)), 'FILE_CORRUPT')
  })
})
