import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import codecs from 'dcmjs-codecs'
import sharp from 'sharp'
import { deidentifyFilm } from '../../src/imaging/deidentify/deidentify-film.ts'
import type { DicomElement } from '../../src/imaging/dicom/write-dicom.ts'
import { toGreyscale } from '../../src/imaging/picture/grey-film.ts'
import { readFilmHeader } from '../../src/imaging/read-film-header.ts'
import { greysOf } from '../support/greys.ts'
import { dicomJpeg, NativeCodecs } from './codings.ts'
import { decoded, film, headerOf, picture, refusalOf } from './films.ts'

const [rows, columns] = [36, 40]
const count = rows * columns
const grey = picture(rows, columns, 8)
const rgb = Uint8Array.from({ length: 3 * count }, (_, index) => grey[Math.floor(index / 3)] ?? 0)
const inColour = rgb.map((value, index) => (index % 3 === 0 ? Math.min(255, value + 60) : value))

const spec = { rows, columns, pixels: grey, bitsStored: 8 } as const
const colours = (photometric: string, planar = 0): DicomElement[] => [
  [0x00280002, 'US', 3],
  [0x00280004, 'CS', photometric],
  [0x00280006, 'US', planar],
]
const native = (photometric: string, bytes: Uint8Array, planar = 0): Uint8Array =>
  film({ ...spec, more: [...colours(photometric, planar), [0x7fe00010, 'OB', bytes]] })
const coded = (photometric: string, transferSyntaxUid: string, frame: Uint8Array): Uint8Array =>
  film({ ...spec, more: colours(photometric), coded: { transferSyntaxUid, fragments: [frame] } })

const contextOf = (samples: Uint8Array) =>
  new codecs.Context({
    width: columns,
    height: rows,
    bitsAllocated: 8,
    bitsStored: 8,
    samplesPerPixel: 3,
    pixelRepresentation: 0,
    planarConfiguration: 0,
    photometricInterpretation: 'RGB',
    decodedBuffer: samples,
  })
type Context = ReturnType<typeof contextOf>
const encodedBy = (encode: (context: Context) => Context, samples = rgb): Uint8Array =>
  encode(contextOf(samples)).getEncodedBuffer() ?? new Uint8Array()

const ybr = Uint8Array.from({ length: 3 * count }, (_, index) =>
  index % 3 === 0 ? (grey[index / 3] ?? 0) : 128,
)
const ybr422 = Uint8Array.from({ length: 2 * count }, (_, index) => {
  const [pair, part] = [Math.floor(index / 4), index % 4]
  return part < 2 ? (grey[2 * pair + part] ?? 0) : 128
})
const raw = { raw: { width: columns, height: rows, channels: 3 as const } }
const jpeg = new Uint8Array(
  await sharp(rgb, raw).jpeg({ quality: 100, chromaSubsampling: '4:2:0' }).toBuffer(),
)
const greyJpeg = new Uint8Array(await sharp(rgb, raw).toColourspace('b-w').jpeg({ quality: 100 }).toBuffer())

const deidentified = async (bytes: Uint8Array): Promise<Uint8Array> => {
  const outcome = await deidentifyFilm(bytes, headerOf(bytes), { replacementUid: () => '2.25.1' })
  assert.ok(outcome.kind === 'ok', JSON.stringify(outcome))
  return outcome.value
}

describe('grey that is held as colours is read as grey, and travels as grey', () => {
  const films: [name: string, bytes: Uint8Array, worst: number][] = [
    ['RGB', native('RGB', rgb), 0],
    ['YBR_FULL', native('YBR_FULL', ybr), 0],
    ['YBR_FULL_422', native('YBR_FULL_422', ybr422), 0],
    [
      'RGB in RLE',
      coded(
        'RGB',
        '1.2.840.10008.1.2.5',
        encodedBy((c) => NativeCodecs.encodeRle(c)),
      ),
      0,
    ],
    [
      'RGB in JPEG lossless',
      coded(
        'RGB',
        `${dicomJpeg}70`,
        encodedBy((c) => NativeCodecs.encodeJpeg(c, { lossy: false })),
      ),
      0,
    ],
    [
      'RGB in JPEG-LS',
      coded(
        'RGB',
        `${dicomJpeg}80`,
        encodedBy((c) => NativeCodecs.encodeJpegLs(c)),
      ),
      0,
    ],
    [
      'RGB in JPEG 2000',
      coded(
        'YBR_RCT',
        `${dicomJpeg}90`,
        encodedBy((c) => NativeCodecs.encodeJpeg2000(c)),
      ),
      0,
    ],
    [
      'RGB in HTJ2K',
      coded(
        'YBR_RCT',
        `${dicomJpeg}201`,
        encodedBy((c) => NativeCodecs.encodeHtJpeg2000(c)),
      ),
      0,
    ],
    ['YBR_FULL_422 in JPEG', coded('YBR_FULL_422', `${dicomJpeg}50`, jpeg), 3],
    ['one component under a header of three', coded('YBR_FULL_422', `${dicomJpeg}50`, greyJpeg), 3],
  ]
  for (const [name, bytes, worst] of films)
    test(name, async () => {
      const { stored, pixelHash } = await decoded(bytes)
      const off = Math.max(...stored.map((value, index) => Math.abs(value - (grey[index] ?? 0))))
      assert.ok(off <= worst, `off by ${off}`)
      const copy = await decoded(await deidentified(bytes))
      assert.equal(copy.pixelHash, pixelHash)
      assert.deepEqual(greysOf(toGreyscale(copy)), greysOf(toGreyscale(await decoded(bytes))))
    })

  test('colours are refused, uncompressed ones at the clinic', async () => {
    assert.equal(await refusalOf(native('RGB', inColour)), 'COLOUR_PHOTOGRAPH')
    const gate = await deidentifyFilm(native('RGB', inColour), headerOf(native('RGB', inColour)), {
      replacementUid: () => '2.25.1',
    })
    assert.equal(gate.kind === 'rejected' && gate.reason, 'COLOUR_PHOTOGRAPH')
    const lossless = encodedBy((c) => NativeCodecs.encodeJpegLs(c), inColour)
    assert.equal(await refusalOf(coded('RGB', `${dicomJpeg}80`, lossless)), 'COLOUR_PHOTOGRAPH')
  })
})

describe('palettes', () => {
  const table = (values: Uint16Array): Uint8Array => new Uint8Array(values.buffer)
  const withPalette = (red: Uint16Array, blue: Uint16Array): Uint8Array =>
    film({
      ...spec,
      more: [
        [0x00280004, 'CS', 'PALETTE COLOR'],
        [0x00281101, 'US', [256, 0, 16]],
        [0x00281102, 'US', [256, 0, 16]],
        [0x00281103, 'US', [256, 0, 16]],
        [0x00281201, 'OW', table(red)],
        [0x00281202, 'OW', table(red)],
        [0x00281203, 'OW', table(blue)],
      ],
    })
  const falling = Uint16Array.from({ length: 256 }, (_, index) => 257 * (255 - index))

  test('a palette of greys is a table', async () => {
    const bytes = withPalette(falling, falling.slice())
    const expected = Uint16Array.from(grey, (value) => 257 * (255 - value))
    assert.deepEqual(greysOf(toGreyscale(await decoded(bytes))), expected)
    assert.deepEqual(greysOf(toGreyscale(await decoded(await deidentified(bytes)))), expected)
  })

  test('a palette with colours is refused from the header', () => {
    const header = readFilmHeader(withPalette(falling, new Uint16Array(256)))
    assert.equal(header.kind === 'rejected' && header.reason, 'COLOUR_PHOTOGRAPH')
  })
})

describe('ink', () => {
  /** Sixteen steps of grey from black to white in eight rows, which Pillow 12.3 wrote as CMYK. */
  const jpegs: Readonly<Record<string, readonly string[]>> = {
    'black ink': [
      '/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwABAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB',
      'AQEBAQEBAQEBAQEBAQEB/8AAFAgACAAQBEMRAE0RAFkRAEsRAP/EABYAAQEBAAAAAAAAAAAAAAAAAAoAC//EABgQAQADAQAA',
      'AAAAAAAAAAAAAAAJRYTC/9oADgRDAE0AWQBLAAA/AH8H8H8Dfxt0GblJNACNugzcv//Z',
    ],
    'three inks': [
      '/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwABAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB',
      'AQEBAQEBAQEBAQEBAQEB/8AAFAgACAAQBEMRAE0RAFkRAEsRAP/EABYAAQEBAAAAAAAAAAAAAAAAAAoLAP/EABgQAAIDAAAA',
      'AAAAAAAAAAAAAAAJRYTC/9oADgRDAE0AWQBLAAA/ADfrbgK2Q3624CtkN+tuArZH8FABbcBWyUAFtwFbJQAW3AVsmP/Z',
    ],
  }
  for (const [name, lines] of Object.entries(jpegs))
    test(`a JPEG of grey in ${name} is read as grey`, async () => {
      const bytes = new Uint8Array(Buffer.from(lines.join(''), 'base64'))
      const { stored } = await decoded(bytes)
      assert.deepEqual((await decoded(await deidentified(bytes))).stored, stored)
      const off = Math.max(...stored.map((value, index) => Math.abs(value - 16 * (index % 16))))
      assert.ok(off <= 3, `off by ${off}`)
    })
})
