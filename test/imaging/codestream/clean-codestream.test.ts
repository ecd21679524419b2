import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { encodeJpeg } from '../../../src/imaging/codecs/sharp-codec.ts'
import { cleanCodestream } from '../../../src/imaging/codestream/clean-codestream.ts'
import { codingOf } from '../../../src/imaging/dicom/dicom-tags.ts'
import { codestreamOf, codings } from '../codings.ts'
import { decoded, film, filmSpec, picture } from '../films.ts'
import { type Marked, markedJpeg2000s, markedJpegs, markedRles, marker } from './marked-codestreams.ts'

const pixels = { pixels: 37 * 41, planes: 2 }

const markedBy = (codec: string, bytes: Uint8Array): readonly Marked[] => {
  if (codec === 'rle') return markedRles(bytes)
  return codec.endsWith('2000') ? markedJpeg2000s(bytes) : markedJpegs(bytes)
}

const baseline = {
  name: 'JPEG baseline',
  transferSyntaxUid: '1.2.840.10008.1.2.4.50',
  bitsStored: 8,
  stream: await encodeJpeg({ rows: 37, columns: 41, values: picture(37, 41, 8) }),
}
const coded = codings.map(({ name, transferSyntaxUid, encode }) => {
  const { pixels: values } = filmSpec()
  return { name, transferSyntaxUid, bitsStored: 12, stream: codestreamOf(values, 12, encode) }
})

describe('clean-codestream: a name goes wherever it stands, and the pixels stay', () => {
  for (const { name, transferSyntaxUid, bitsStored, stream } of [baseline, ...coded]) {
    const { codec = 'native' } = codingOf(transferSyntaxUid) ?? {}
    if (codec === 'native') continue
    const hashOf = async (bytes: Uint8Array) =>
      (await decoded(film({ bitsStored, coded: { transferSyntaxUid, fragments: [bytes] } }))).pixelHash
    for (const [where, bytes] of markedBy(codec, stream))
      test(`${name}: ${where}`, async () => {
        assert.ok(Buffer.from(bytes).includes(marker), 'the name is there, so the test can fail')
        const cleaned = cleanCodestream(codec, bytes, pixels)
        assert.ok(cleaned.kind === 'ok', JSON.stringify(cleaned))
        assert.ok(!Buffer.from(cleaned.value).includes(marker.slice(2)))
        assert.equal(await hashOf(cleaned.value), await hashOf(stream))
        const again = cleanCodestream(codec, cleaned.value, pixels)
        assert.deepEqual(again.kind === 'ok' && again.value, cleaned.value, 'clean stays as it is')
      })
  }

  test('a segment more than a pixel has bytes is no RLE frame, though it fills the frame', () => {
    const rle = coded.find(({ name }) => name === 'RLE')?.stream
    assert.ok(rle !== undefined)
    const plane = Buffer.concat(
      Array.from({ length: Math.ceil(pixels.pixels / 128) }, (_, at) => {
        const count = Math.min(128, pixels.pixels - 128 * at)
        return Buffer.concat([Uint8Array.of(count - 1), Buffer.alloc(count, marker)])
      }),
    )
    const more = Buffer.concat([rle, plane])
    more.writeUInt32LE(3, 0)
    more.writeUInt32LE(rle.length, 12)
    const outcome = cleanCodestream('rle', more, pixels)
    assert.ok(outcome.kind === 'failed' && outcome.code === 'FILE_CORRUPT', JSON.stringify(outcome.kind))
    assert.match(outcome.detail, /3 segments/)
  })

  test('what cannot be read is refused with words of its own', () => {
    const refusals: [Parameters<typeof cleanCodestream>[0], Uint8Array, RegExp][] = [
      ['jpeg', Uint8Array.of(1, 2, 3), /no JPEG/],
      ['jpeg', baseline.stream.subarray(0, -2), /breaks off/],
      ['jpeg', Uint8Array.of(0xff, 0xd8, 0xff, 0xd9), /lacks a scan/],
      ['jpeg2000', Uint8Array.of(0xff, 0x4f), /no JPEG 2000/],
      ['jpeg2000', Uint8Array.of(0xff, 0x4f, 0xff, 0x51, 0, 40), /breaks off|cannot be read/],
      ['rle', new Uint8Array(64), /0 segments/],
      ['rle', new Uint8Array(10), /no header/],
    ]
    for (const [codec, bytes, words] of refusals) {
      const outcome = cleanCodestream(codec, bytes, pixels)
      assert.ok(outcome.kind === 'failed' && outcome.code === 'FILE_CORRUPT')
      assert.match(outcome.detail, words)
    }
  })
})
