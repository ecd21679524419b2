import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { encodeJpeg, encodePng } from '../../src/imaging/codecs/sharp-codec.ts'
import { decodeFilm } from '../../src/imaging/decode-film.ts'
import type { WritableSyntax } from '../../src/imaging/dicom/write-dicom.ts'
import { readFilmHeader } from '../../src/imaging/read-film-header.ts'
import { codestreamOf, codings, dicomJpeg, littleEndian, NativeCodecs } from './codings.ts'
import { decoded, film, filmSpec, headerOf, picture, refusalOf } from './films.ts'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const signedPicture = (rows: number, columns: number, bits: number): Int16Array =>
  Int16Array.from(picture(rows, columns, bits), (value) => value - 2 ** (bits - 1))

describe('decode-film: uncompressed', () => {
  const syntaxes: WritableSyntax[] = [
    'explicitLittleEndian',
    'implicitLittleEndian',
    'explicitBigEndian',
    'deflatedLittleEndian',
  ]
  for (const syntax of syntaxes)
    for (const bitsStored of [8, 10, 12, 14, 16])
      test(`${syntax}, ${bitsStored} bits: every value and the hash`, async () => {
        const spec = filmSpec({ syntax, bitsStored })
        const { stored, pixelHash, rows, columns } = await decoded(film(spec))
        assert.deepEqual([rows, columns], [37, 41])
        assert.deepEqual(stored, spec.pixels)
        assert.equal(pixelHash, sha256(littleEndian(spec.pixels, bitsStored)))
      })

  for (const syntax of syntaxes)
    test(`${syntax}, signed 12 bits`, async () => {
      const pixels = signedPicture(37, 41, 12)
      assert.ok(pixels.some((value) => value < 0))
      const { stored } = await decoded(film({ syntax, pixels }))
      assert.deepEqual(stored, pixels)
    })

  test('overlays in the high bits and bits below the stored ones are no pixels', async () => {
    const pixels = picture(37, 41, 10)
    const dirty = pixels.map((value, index) => (value << 2) | (index % 3 === 0 ? 0xf000 : 0) | (index % 4))
    const overlaid = await decoded(
      film({
        pixels: dirty,
        bitsStored: 12,
        more: [
          [0x00280101, 'US', 10],
          [0x00280102, 'US', 11],
        ],
      }),
    )
    assert.deepEqual(overlaid.stored, pixels)
    assert.equal(overlaid.stored, overlaid.stored, 'made once')
  })

  test('signed values whose upper bits are not filled with the sign', async () => {
    const pixels = signedPicture(37, 41, 12)
    const cut = pixels.map((value) => value & 0x0fff)
    const { stored, pixelHash } = await decoded(film({ pixels: cut }))
    assert.deepEqual(stored, pixels)
    assert.equal(pixelHash, sha256(littleEndian(pixels, 16)))
  })

  test('a deflated film that grows into one piece, and one that grows further', async () => {
    for (const pixels of [picture(900, 800, 12), new Uint16Array(900 * 800).fill(7)]) {
      const bytes = film({ rows: 900, columns: 800, pixels, syntax: 'deflatedLittleEndian' })
      assert.deepEqual((await decoded(bytes)).stored, pixels)
    }
  })

  test('8 bits in big-endian words', async () => {
    const pixels = picture(36, 41, 8)
    const swapped = new Uint8Array(Buffer.from(Uint8Array.from(pixels)).swap16())
    const bytes = film({
      rows: 36,
      pixels,
      bitsStored: 8,
      syntax: 'explicitBigEndian',
      more: [[0x7fe00010, 'OW', swapped]],
    })
    assert.deepEqual((await decoded(bytes)).stored, pixels)
  })

  test('native pixels in fragments', async () => {
    const spec = filmSpec()
    const bytes = littleEndian(spec.pixels, 12)
    const fragments = [bytes.slice(0, 1000), bytes.slice(1000)]
    const { stored } = await decoded(
      film({ coded: { transferSyntaxUid: '1.2.840.10008.1.2.1.98', fragments } }),
    )
    assert.deepEqual(stored, spec.pixels)
  })
})

/** JPEG knows no sign: a modality hands it the stored bits alone. */
const bitsAlone = (pixels: Int16Array, bits: number): Uint16Array =>
  Uint16Array.from(pixels, (value) => value & (2 ** bits - 1))

const worstError = (one: ArrayLike<number>, other: ArrayLike<number>): number => {
  assert.equal(one.length, other.length)
  let worst = 0
  for (let index = 0; index < one.length; index += 1)
    worst = Math.max(worst, Math.abs((one[index] ?? 0) - (other[index] ?? 0)))
  return worst
}

describe('decode-film: coded', () => {
  for (const { name, transferSyntaxUid, encode, lossless } of codings)
    for (const bitsStored of [8, 12, 16])
      test(`${name}, ${bitsStored} bits`, async () => {
        const spec = filmSpec({ bitsStored })
        const fragments = [codestreamOf(spec.pixels, bitsStored, encode)]
        const { stored, pixelHash } = await decoded(
          film({ ...spec, coded: { transferSyntaxUid, fragments } }),
        )
        if (lossless) {
          assert.deepEqual(stored, spec.pixels)
          assert.equal(pixelHash, (await decoded(film(spec))).pixelHash)
        } else {
          assert.ok(worstError(stored, spec.pixels) <= 2 ** bitsStored * 0.05)
        }
      })

  for (const { name, transferSyntaxUid, encode } of codings.filter((coding) => coding.lossless))
    test(`${name}, signed 12 bits`, async () => {
      const pixels = signedPicture(37, 41, 12)
      const given = name.startsWith('JPEG lossless') ? bitsAlone(pixels, 12) : pixels
      const fragments = [codestreamOf(given, 12, encode)]
      const { stored } = await decoded(film({ pixels, coded: { transferSyntaxUid, fragments } }))
      assert.deepEqual(stored, pixels)
    })

  test('a codestream in many fragments, the first of four bytes', async () => {
    const spec = filmSpec()
    const whole = codestreamOf(spec.pixels, 12, (c) => NativeCodecs.encodeJpegLs(c))
    const fragments = [whole.slice(0, 4), whole.slice(4, 8), whole.slice(8, 600), whole.slice(600)]
    const { stored } = await decoded(film({ coded: { transferSyntaxUid: `${dicomJpeg}80`, fragments } }))
    assert.deepEqual(stored, spec.pixels)
  })

  test('what a lossy codestream holds beyond the stored bits is cut at the brightest value, not turned black', async () => {
    const pixels = picture(37, 41, 12)
    const fragments = [
      codestreamOf(pixels, 12, (c) => NativeCodecs.encodeJpegLs(c, { lossy: true, allowedLossyError: 1 })),
    ]
    const { stored } = await decoded(
      film({ pixels, bitsStored: 10, coded: { transferSyntaxUid: `${dicomJpeg}81`, fragments } }),
    )
    assert.equal(stored[pixels.indexOf(Math.max(...pixels))], 1023)
  })

  test('a truncated codestream is FILE_CORRUPT, and the next film decodes', async () => {
    for (const { transferSyntaxUid, encode, name } of codings.filter((coding) => coding.lossless)) {
      const spec = filmSpec()
      const whole = codestreamOf(spec.pixels, 12, encode)
      for (const length of [40, 100, whole.length >> 1, whole.length - 12]) {
        const broken = film({ coded: { transferSyntaxUid, fragments: [whole.slice(0, length)] } })
        assert.equal(await refusalOf(broken), 'FILE_CORRUPT', `${name}, ${length} bytes`)
      }
      const { stored } = await decoded(film({ coded: { transferSyntaxUid, fragments: [whole] } }))
      assert.deepEqual(stored, spec.pixels, name)
    }
  })
})

describe('decode-film: pictures', () => {
  test('PNG of 8 and 16 bits, every value', async () => {
    for (const bits of [8, 16] as const) {
      const values = picture(37, 41, bits)
      const bytes = await encodePng({ rows: 37, columns: 41, values }, bits)
      assert.equal(headerOf(bytes).bitsStored, bits)
      assert.deepEqual((await decoded(bytes)).stored, values)
    }
  })

  test('JPEG of 8 bits within its error', async () => {
    const values = picture(64, 80, 8)
    const bytes = await encodeJpeg({ rows: 64, columns: 80, values }, 95)
    const { stored } = await decoded(bytes)
    assert.ok(worstError(stored, values) <= 12)
  })

  test('lossless JPEG of 12 and 16 bits, every value', async () => {
    for (const bits of [12, 16]) {
      const values = picture(64, 80, bits)
      const bytes = codestreamOf(values, bits, (c) => NativeCodecs.encodeJpeg(c, { lossy: false }), [64, 80])
      const result = await decoded(bytes)
      assert.equal(result.header.format, 'jpeg')
      assert.deepEqual(result.stored, values)
    }
  })

  test('the same film as PNG of 16 bits and as DICOM has one pixel hash', async () => {
    const spec = filmSpec({ bitsStored: 16 })
    const png = await encodePng({ rows: 37, columns: 41, values: picture(37, 41, 16) }, 16)
    assert.equal((await decoded(png)).pixelHash, (await decoded(film(spec))).pixelHash)
  })
})

test('a header of another file is answered, not thrown at', async () => {
  const header = readFilmHeader(film())
  assert.ok(header.kind === 'ok')
  const outcome = await decodeFilm(film({ rows: 9 }), header.value)
  assert.equal(outcome.kind === 'failed' && outcome.code, 'FILE_CORRUPT')
})
