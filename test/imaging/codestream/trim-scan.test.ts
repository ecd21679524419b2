import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import sharp from 'sharp'
import { encodeJpeg } from '../../../src/imaging/codecs/sharp-codec.ts'
import { cleanCodestream } from '../../../src/imaging/codestream/clean-codestream.ts'
import { jpegSegments } from '../../../src/imaging/codestream/jpeg-segments.ts'
import { codestreamOf, codings } from '../codings.ts'
import { decoded, film, filmSpec, picture } from '../films.ts'
import { marker } from './marked-codestreams.ts'

const [rows, columns] = [37, 41]
const text = Buffer.from(marker.repeat(3), 'latin1')
const cleanedOf = (bytes: Uint8Array): Uint8Array => {
  const cleaned = cleanCodestream('jpeg', bytes, { pixels: rows * columns, planes: 1 })
  assert.ok(cleaned.kind === 'ok', JSON.stringify(cleaned))
  return cleaned.value
}

/** A name at the end of the coded data of every scan. */
const withText = (bytes: Uint8Array): { marked: Uint8Array; scans: number } => {
  const ends = (jpegSegments(bytes) ?? []).flatMap(({ data }) =>
    data === undefined ? [] : [data.byteOffset - bytes.byteOffset + data.length],
  )
  const pieces = [...ends, bytes.length].map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end))
  return {
    marked: new Uint8Array(
      Buffer.concat(pieces.flatMap((piece, at) => (at === 0 ? [piece] : [text, piece]))),
    ),
    scans: ends.length,
  }
}

const grey = picture(rows, columns, 8)
const photo = (channels: 1 | 3) =>
  sharp(
    Buffer.from(
      Array.from(
        { length: rows * columns * channels },
        (_, at) => ((grey[Math.floor(at / channels)] ?? 0) + 40 * (at % channels)) & 255,
      ),
    ),
    { raw: { width: columns, height: rows, channels } },
  )
const pixelsOf = async (bytes: Uint8Array): Promise<Buffer> => sharp(bytes).raw().toBuffer()

describe('coded data of a JPEG end where a decoder ends', () => {
  const streams: [string, () => Promise<Uint8Array>, number][] = [
    ['baseline', () => encodeJpeg({ rows, columns, values: grey }), 1],
    ['baseline in colour, 4:2:0', () => photo(3).jpeg({ quality: 90 }).toBuffer(), 1],
    ['baseline in colour, 4:4:4', () => photo(3).jpeg({ chromaSubsampling: '4:4:4' }).toBuffer(), 1],
    [
      'progressive',
      () => photo(1).toColourspace('b-w').jpeg({ progressive: true, quality: 95 }).toBuffer(),
      4,
    ],
    ['progressive in colour', () => photo(3).jpeg({ progressive: true, quality: 95 }).toBuffer(), 6],
  ]
  for (const [name, encode, leastScans] of streams)
    test(name, async () => {
      const stream = new Uint8Array(await encode())
      const { marked, scans } = withText(stream)
      assert.ok(scans >= leastScans, `${scans} scans`)
      const cleaned = cleanedOf(marked)
      assert.ok(Buffer.from(marked).includes(marker))
      assert.ok(!Buffer.from(cleaned).includes(marker.slice(2)))
      assert.deepEqual(cleaned, cleanedOf(stream))
      assert.ok((await pixelsOf(stream)).equals(await pixelsOf(cleaned)))
      // All that the encoder wrote is needed: the scans are as long as they were.
      const lengths = (bytes: Uint8Array) =>
        (jpegSegments(bytes) ?? []).flatMap(({ data }) => data?.length ?? [])
      assert.deepEqual(lengths(cleaned), lengths(stream))
    })

  for (const { name, transferSyntaxUid, encode } of codings)
    if (name.startsWith('JPEG lossless'))
      test(name, async () => {
        const hashOf = async (bytes: Uint8Array) =>
          (await decoded(film({ bitsStored: 12, coded: { transferSyntaxUid, fragments: [bytes] } })))
            .pixelHash
        const stream = codestreamOf(filmSpec().pixels, 12, encode)
        const cleaned = cleanedOf(withText(stream).marked)
        assert.ok(!Buffer.from(cleaned).includes(marker.slice(2)))
        assert.equal(await hashOf(cleaned), await hashOf(stream))
      })

  /** Two blocks of one code each, with a restart between them. */
  const restarted = (first: Uint8Array, second: Uint8Array, heightLow = 8): Uint8Array => {
    const table = (head: number) => [0xff, 0xc4, 0, 20, head, 1, ...Array<number>(15).fill(0), 0]
    return new Uint8Array(
      Buffer.concat([
        Uint8Array.from([0xff, 0xd8, 0xff, 0xdb, 0, 67, 0, ...Array<number>(64).fill(1)]),
        Uint8Array.from([
          0xff,
          0xc0,
          0,
          11,
          8,
          0,
          heightLow,
          0,
          16,
          1,
          1,
          0x11,
          0,
          ...table(0),
          ...table(0x10),
        ]),
        Uint8Array.from([0xff, 0xdd, 0, 4, 0, 1, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0]),
        first,
        Uint8Array.of(0xff, 0xd0),
        second,
        Uint8Array.of(0xff, 0xd9),
      ]),
    )
  }
  const block = Uint8Array.of(0x3f)

  test('before a restart, too', async () => {
    const stream = restarted(block, block)
    const marked = restarted(
      Buffer.concat([block, text]),
      Buffer.concat([block, text, Uint8Array.of(0xff, 0xd1), text]),
    )
    assert.deepEqual(cleanedOf(stream), cleanedOf(marked))
    assert.ok(!Buffer.from(cleanedOf(marked)).includes(marker.slice(2)))
    assert.ok((await pixelsOf(cleanedOf(marked))).equals(await pixelsOf(stream)))
  })

  test('data that are no codes, and frames without a size, are refused', () => {
    for (const bytes of [restarted(Uint8Array.of(0x80), block), restarted(block, block, 0)]) {
      const outcome = cleanCodestream('jpeg', bytes, { pixels: rows * columns, planes: 1 })
      assert.ok(outcome.kind === 'failed' && outcome.code === 'FILE_CORRUPT')
      assert.match(outcome.detail, /coded data/)
    }
  })
})
