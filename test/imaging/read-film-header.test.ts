import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { describe, test } from 'node:test'
import { crc32, deflateSync } from 'node:zlib'
import { ageBandOf } from '../../src/contracts/film-attributes.ts'
import { writeDicom } from '../../src/imaging/dicom/write-dicom.ts'
import { readFilmHeader } from '../../src/imaging/read-film-header.ts'
import { decoded, film, headerOf, refusalOf, sample, samplePath, withoutSamples } from './films.ts'

const chunk = (type: string, data: Uint8Array): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const head = Buffer.alloc(4)
  head.writeUInt32BE(data.length)
  const tail = Buffer.alloc(4)
  tail.writeUInt32BE(crc32(body))
  return Buffer.concat([head, body, tail])
}

/** A grey PNG of 8 bits and one value. */
const flatPng = (rows: number, columns: number): Uint8Array => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(columns, 0)
  header.writeUInt32BE(rows, 4)
  header.set([8, 0, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const data = deflateSync(Buffer.alloc(rows * (columns + 1)))
  return new Uint8Array(
    Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]),
  )
}

describe('read-film-header: what a film says of itself', () => {
  test('reads size, bits, attributes and identity of a DICOM film', () => {
    const header = headerOf(
      film({
        acquisition: {
          modality: 'DX',
          intent: 'FOR PRESENTATION',
          maker: 'Example Imaging',
          model: 'Model 1',
          detector: 'Panel 43',
          softwareVersion: '1.2',
          bodyPart: 'HIP',
          viewPosition: 'AP',
          laterality: 'L',
          kvp: 75.5,
          exposureIndex: 312,
          deviationIndex: -0.4,
          imagerPixelSpacingMm: [0.139, 0.14],
        },
        patient: { name: 'A^B', id: 'P 7', issuerOfId: 'HERE', sex: 'M', age: '071Y', birthDate: '19400101' },
      }),
    )
    assert.deepEqual(header.attributes, {
      ageBand: '70-74',
      sex: 'M',
      acquisitionDay: '2025-03-14',
      modality: 'DX',
      bodyPart: 'HIP',
      viewPosition: 'AP',
      laterality: 'L',
      maker: 'Example Imaging',
      model: 'Model 1',
      detector: 'Panel 43',
      softwareVersion: '1.2',
      kvp: 75.5,
      exposureIndex: 312,
      deviationIndex: -0.4,
      rows: 37,
      columns: 41,
      photometricInterpretation: 'MONOCHROME2',
      imagerPixelSpacingMm: [0.139, 0.14],
    })
    assert.deepEqual(header.identity, {
      sopInstanceUid: '1.2.826.0.1.3680043.8.498.1',
      patientId: 'P 7',
      issuerOfPatientId: 'HERE',
    })
    assert.deepEqual([header.bitsAllocated, header.bitsStored, header.signed], [16, 12, false])
  })

  test('the age in the header goes before the date of birth, and only its band is kept', () => {
    const bandOf = (patient: { age?: string; birthDate?: string }) =>
      headerOf(film({ patient })).attributes.ageBand
    assert.equal(bandOf({ age: '067Y', birthDate: '19900101' }), '65-69')
    assert.equal(bandOf({ birthDate: '19550315' }), '65-69')
    assert.equal(bandOf({ birthDate: '19550314' }), '70-74')
    assert.equal(bandOf({ age: '240M' }), '18-49')
    assert.equal(bandOf({ age: '099Y' }), '90+')
    assert.equal(bandOf({ age: 'old', birthDate: '' }), undefined)
    assert.equal(bandOf({ birthDate: '20300101' }), undefined)
    assert.equal(ageBandOf(17), '0-17')
  })

  test('text that is no known value is not kept, wherever a device could write it', () => {
    const fields = [0x00180015, 0x00185101, 0x00080070, 0x00081090, 0x00181020, 0x0018702b]
    for (const text of ['ZZMARKER', 'Erika Muster', 'MUSTER^ERIKA', '19480305', 'Muster1', 'x'.repeat(80)]) {
      const header = headerOf(film({ more: fields.map((tag) => [tag, 'LO', text] as const) }))
      assert.doesNotMatch(JSON.stringify(header.attributes), new RegExp(`${text.slice(0, 6)}`, 'i'), text)
    }
  })

  test('a known maker is one however its dots and capitals stand; labels are known words and short codes', () => {
    const labelled = (maker: string, model: string) => {
      const { attributes } = headerOf(
        film({ acquisition: { modality: 'DX', intent: 'FOR PRESENTATION', maker, model } }),
      )
      return [attributes.maker, attributes.model]
    }
    assert.deepEqual(labelled('FUJI PHOTO FILM Co., ltd.', 'FCR 5000R'), [
      'Fuji Photo Film Co.,Ltd.',
      'FCR 5000R',
    ])
    assert.deepEqual(labelled('Siemens', 'Axiom Luminos dRF'), ['Siemens', 'Axiom Luminos dRF'])
    assert.deepEqual(labelled('Philips  Medical Systems', 'DigitalDiagnost'), [
      'Philips Medical Systems',
      'DigitalDiagnost',
    ])
  })

  test('a label that repeats a piece of a name or number of the header is not kept', () => {
    const acquisition = { modality: 'DX', intent: 'FOR PRESENTATION' } as const
    const { attributes } = headerOf(
      film({
        acquisition: { ...acquisition, model: 'T-4711', softwareVersion: '2.1' },
        patient: { name: 'A^B', id: '4711' },
      }),
    )
    assert.deepEqual([attributes.model, attributes.softwareVersion], [undefined, '2.1'])
  })

  test('an impossible value is left out without the film', () => {
    const header = headerOf(
      film({
        more: [
          [0x00080022, 'DA', '20259945'],
          [0x00180060, 'DS', '-3'],
          [0x00181164, 'DS', '0\\0'],
        ],
      }),
    )
    assert.equal(header.attributes.acquisitionDay, undefined)
    assert.equal(header.attributes.kvp, undefined)
    assert.equal(header.attributes.imagerPixelSpacingMm, undefined)
  })
})

describe('read-film-header: what is refused before a pixel is read', () => {
  const cases: [what: string, bytes: () => Uint8Array, expected: string][] = [
    ['zero bytes', () => new Uint8Array(), 'PAYLOAD_EMPTY'],
    ['neither DICOM nor picture', () => new Uint8Array(4096).fill(65), 'FILE_CORRUPT'],
    ['a preamble and nothing else', () => film().slice(0, 132), 'FILE_CORRUPT'],
    ['a file that ends within the pixels', () => film().slice(0, -100), 'FILE_CORRUPT'],
    ['more rows than data', () => film({ more: [[0x00280010, 'US', 38]] }), 'DIMENSIONS_MISMATCH'],
    ['fewer rows than data', () => film({ more: [[0x00280010, 'US', 30]] }), 'DIMENSIONS_MISMATCH'],
    ['no rows', () => film({ more: [[0x00280010, 'US', 0]] }), 'DIMENSIONS_MISMATCH'],
    ['two frames', () => film({ more: [[0x00280008, 'IS', '2']] }), 'DIMENSIONS_MISMATCH'],
    ['a CT', () => film({ more: [[0x00080060, 'CS', 'CT']] }), 'WRONG_MODALITY'],
    ['a mammogram', () => film({ more: [[0x00080060, 'CS', 'MG']] }), 'WRONG_MODALITY'],
    ['three samples', () => film({ more: [[0x00280002, 'US', 3]] }), 'COLOUR_PHOTOGRAPH'],
    ['RGB', () => film({ more: [[0x00280004, 'CS', 'RGB']] }), 'COLOUR_PHOTOGRAPH'],
    ['a palette', () => film({ more: [[0x00280004, 'CS', 'PALETTE COLOR']] }), 'COLOUR_PHOTOGRAPH'],
    ['burned-in text', () => film({ burnedIn: true }), 'BURNED_IN_ANNOTATION'],
    ['a child of 11 months', () => film({ patient: { age: '011M' } }), 'UNDER_18'],
    ['a child of 3 weeks', () => film({ patient: { age: '003W' } }), 'UNDER_18'],
    ['a day before 18', () => film({ patient: { birthDate: '20070315' } }), 'UNDER_18'],
    ['on the day of 18', () => film({ patient: { birthDate: '20070314' } }), 'none'],
    ['32 bits', () => film({ more: [[0x00280100, 'US', 32]] }), 'ENCODING_UNSUPPORTED'],
    ['stored above allocated', () => film({ more: [[0x00280101, 'US', 17]] }), 'FILE_CORRUPT'],
    ['a high bit that cannot be', () => film({ more: [[0x00280102, 'US', 16]] }), 'FILE_CORRUPT'],
    [
      'MPEG-4',
      () => film({ coded: { transferSyntaxUid: '1.2.840.10008.1.2.4.102', fragments: [] } }),
      'ENCODING_UNSUPPORTED',
    ],
    [
      'no fragments',
      () => film({ coded: { transferSyntaxUid: '1.2.840.10008.1.2.4.70', fragments: [] } }),
      'FILE_CORRUPT',
    ],
    ...[0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf].map((marker): (typeof cases)[number] => [
      `a JPEG of process SOF${marker - 0xc0}, which no decoder here reads`,
      () => jpegOf(marker),
      'ENCODING_UNSUPPORTED',
    ]),
    ['native pixels under a coded syntax', () => writeAs('1.2.840.10008.1.2.4.70'), 'FILE_CORRUPT'],
    ['a report', () => report('SR'), 'NO_PIXEL_DATA'],
    ['an empty image', () => report('DX'), 'NO_PIXEL_DATA'],
  ]
  const jpegOf = (marker: number): Uint8Array => {
    const frame = Uint8Array.of(0xff, 0xd8, 0xff, marker, 0, 11, 8, 0, 37, 0, 41, 1, 1, 0x11, 0, 0xff, 0xd9)
    return film({ coded: { transferSyntaxUid: '1.2.840.10008.1.2.4.51', fragments: [frame] } })
  }
  const report = (modality: string): Uint8Array =>
    writeDicom({
      sopClassUid: '1.2.840.10008.5.1.4.1.1.88.11',
      sopInstanceUid: '1.2.3',
      elements: [[0x00080060, 'CS', modality]],
    })
  const writeAs = (declaredSyntaxUid: string): Uint8Array =>
    writeDicom({
      sopClassUid: '1.2.840.10008.5.1.4.1.1.1.1',
      sopInstanceUid: '1.2.3',
      declaredSyntaxUid,
      elements: [
        [0x00080060, 'CS', 'DX'],
        [0x00280002, 'US', 1],
        [0x00280004, 'CS', 'MONOCHROME2'],
        [0x7fe00010, 'OW', new Uint8Array(8)],
      ],
    })
  for (const [what, bytes, expected] of cases)
    test(`${what}: ${expected}`, async () => assert.equal(await refusalOf(bytes()), expected))

  test('a file above the byte limit', () => {
    const outcome = readFilmHeader(film(), { maxBytes: 1000, maxPixels: 1e6 })
    assert.equal(outcome.kind === 'rejected' && outcome.reason, 'FILE_TOO_LARGE')
  })

  test('a 256-megapixel PNG of less than a megabyte is refused in milliseconds, without memory', () => {
    const bytes = flatPng(16384, 16384)
    assert.ok(bytes.length < 1_000_000, `${bytes.length} bytes`)
    const before = process.memoryUsage().arrayBuffers
    const started = performance.now()
    const outcome = readFilmHeader(bytes)
    assert.ok(performance.now() - started < 100)
    assert.equal(outcome.kind === 'rejected' && outcome.reason, 'TOO_MANY_PIXELS')
    assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000)
  })

  test('a codestream that is larger than the header says never reaches a decoder', async () => {
    const huge = Uint8Array.of(0xff, 0xd8, 0xff, 0xc3, 0, 11, 16, 0xff, 0xff, 0xff, 0xff, 1, 1, 0x11, 0)
    const bytes = film({ coded: { transferSyntaxUid: '1.2.840.10008.1.2.4.70', fragments: [huge] } })
    assert.equal(await refusalOf(bytes), 'DIMENSIONS_MISMATCH')
  })

  test('a JPEG 2000 with an impossible tile or coding style never reaches a decoder, which it would keep busy', async () => {
    const size = (tileStart: number) => {
      const words = [41, 37, 0, 0, 41, 37, tileStart, 0]
      const siz = Buffer.alloc(8 + 32 + 5)
      siz.set([0xff, 0x4f, 0xff, 0x51, 0, 41, 0, 0])
      for (const [index, word] of words.entries()) siz.writeUInt32BE(word, 8 + 4 * index)
      siz.set([0, 1, 11, 1, 1], 40)
      return siz
    }
    const style = (blockHeight: number) =>
      Buffer.from([0xff, 0x52, 0, 12, 0, 0, 0, 1, 0, 1, 4, blockHeight, 0, 1])
    const rest = Buffer.from([0xff, 0x90, 0, 10, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0x93, 0xff, 0xd9])
    const headerKind = (tileStart: number, blockHeight: number): string => {
      const frame = new Uint8Array(Buffer.concat([size(tileStart), style(blockHeight), rest]))
      const coded = { transferSyntaxUid: '1.2.840.10008.1.2.4.201', fragments: [frame] }
      const header = readFilmHeader(film({ coded }))
      return header.kind === 'failed' ? header.code : header.kind
    }
    assert.equal(headerKind(0, 4), 'ok')
    assert.equal(headerKind(1, 4), 'FILE_CORRUPT')
    assert.equal(headerKind(0, 0x40), 'FILE_CORRUPT')
  })

  test('no detail of a refusal repeats who is on the film', () => {
    const patient = { name: 'SECRET^NAME', id: 'SECRET-ID', age: '005Y', birthDate: '20200101' }
    for (const more of [[], [[0x00080060, 'CS', 'CT']], [[0x00280004, 'CS', 'RGB']]] as const) {
      const outcome = readFilmHeader(film({ patient, more: [...more], sopInstanceUid: '1.2.777' }))
      assert.notEqual(outcome.kind, 'ok')
      assert.doesNotMatch(JSON.stringify(outcome), /SECRET|1\.2\.777|2020/)
    }
  })
})

test('real children, grey in three colours, are read as grey', {
  skip: withoutSamples('pelvis-paediatric'),
}, async () => {
  const files = readdirSync(samplePath('pelvis-paediatric')).filter((name) => name.endsWith('.dcm'))
  assert.equal(files.length, 5)
  for (const name of files) {
    const { header, stored } = await decoded(sample('pelvis-paediatric', name))
    assert.equal(header.attributes.photometricInterpretation, 'RGB')
    assert.equal(stored.length, 331 * 331)
  }
})
