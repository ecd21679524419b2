import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import codecs from 'dcmjs-codecs'
import fc from 'fast-check'
import { deadLetterCodes, rejectionReasons } from '../../src/contracts/reasons.ts'
import { encodeJpeg, encodePng } from '../../src/imaging/codecs/sharp-codec.ts'
import { decodeFilm } from '../../src/imaging/decode-film.ts'
import { deidentifyFilm } from '../../src/imaging/deidentify/deidentify-film.ts'
import { toGreyscale } from '../../src/imaging/picture/grey-film.ts'
import { readFilmHeader } from '../../src/imaging/read-film-header.ts'
import { film, filmSpec, picture } from './films.ts'

const { Context, NativeCodecs } = codecs
await NativeCodecs.initializeAsync()

const spec = filmSpec()
const contextOf = () =>
  new Context({
    width: spec.columns,
    height: spec.rows,
    bitsAllocated: 16,
    bitsStored: 12,
    samplesPerPixel: 1,
    pixelRepresentation: 0,
    planarConfiguration: 0,
    photometricInterpretation: 'MONOCHROME2',
    decodedBuffer: new Uint8Array(spec.pixels.slice().buffer),
  })
type Encoded = ReturnType<typeof contextOf>

const coded = (
  transferSyntaxUid: string,
  { getEncodedBuffer }: { getEncodedBuffer: () => Uint8Array | undefined },
) => {
  const whole = getEncodedBuffer() ?? new Uint8Array()
  const half = (whole.length >> 2) * 2
  return film({ coded: { transferSyntaxUid, fragments: [whole.slice(0, half), whole.slice(half)] } })
}
const encodedBy = (encoded: Encoded) => ({ getEncodedBuffer: () => encoded.getEncodedBuffer() })

const lut = [
  [0x00283002, 'US', [4096, 0, 12]],
  [0x00283006, 'OW', Array.from({ length: 4096 }, (_, index) => index)],
] as const

const films: Record<string, Uint8Array> = {
  'explicit little endian': film({ more: [[0x00283010, 'SQ', [{ item: lut }]]] }),
  'implicit little endian': film({ syntax: 'implicitLittleEndian' }),
  'explicit big endian': film({ syntax: 'explicitBigEndian' }),
  deflated: film({ syntax: 'deflatedLittleEndian' }),
  RLE: coded('1.2.840.10008.1.2.5', encodedBy(NativeCodecs.encodeRle(contextOf()))),
  'JPEG lossless': coded(
    '1.2.840.10008.1.2.4.70',
    encodedBy(NativeCodecs.encodeJpeg(contextOf(), { lossy: false })),
  ),
  'JPEG-LS': coded('1.2.840.10008.1.2.4.80', encodedBy(NativeCodecs.encodeJpegLs(contextOf()))),
  'JPEG 2000': coded('1.2.840.10008.1.2.4.90', encodedBy(NativeCodecs.encodeJpeg2000(contextOf()))),
  HTJ2K: coded('1.2.840.10008.1.2.4.201', encodedBy(NativeCodecs.encodeHtJpeg2000(contextOf()))),
  PNG: await encodePng({ rows: 37, columns: 41, values: picture(37, 41, 16) }, 16),
  JPEG: await encodeJpeg({ rows: 37, columns: 41, values: picture(37, 41, 8) }),
}

/** What becomes of a film; anything thrown fails the property. */
const fateOf = async (bytes: Uint8Array): Promise<string> => {
  const header = readFilmHeader(bytes)
  if (header.kind === 'ok') {
    const stripped = await deidentifyFilm(bytes, header.value, { replacementUid: () => '2.25.1' })
    assert.ok(['ok', 'rejected', 'failed'].includes(stripped.kind))
  }
  const outcome = header.kind === 'ok' ? await decodeFilm(bytes, header.value) : header
  if (outcome.kind === 'rejected') return outcome.reason
  if (outcome.kind === 'failed') return outcome.code
  if (!('stored' in outcome.value)) return 'nothing'
  const { rows, columns, stored } = outcome.value
  assert.equal(stored.length, rows * columns)
  assert.equal(toGreyscale(outcome.value).words.length, rows * columns)
  return 'decoded'
}

const fates = new Set<string>(['decoded', ...rejectionReasons, ...deadLetterCodes])

describe('damaged films have an outcome, and nothing is thrown', () => {
  for (const [name, bytes] of Object.entries(films)) {
    test(`${name} is whole`, async () => assert.equal(await fateOf(bytes), 'decoded'))

    test(`${name} cut off anywhere never decodes`, async () => {
      // A PNG that lacks its empty end chunk alone still has every pixel.
      const cut = fc.integer({ min: 0, max: bytes.length - (name === 'PNG' ? 20 : 3) })
      await fc.assert(
        fc.asyncProperty(cut, async (length) => {
          const fate = await fateOf(bytes.slice(0, length))
          assert.ok(fates.has(fate) && fate !== 'decoded', `${length} of ${bytes.length} bytes: ${fate}`)
        }),
        { seed: 20250314, numRuns: 60 },
      )
    })

    test(`${name} with changed bytes`, async () => {
      const at = fc.integer({ min: 0, max: bytes.length - 1 })
      const changes = fc.array(fc.tuple(at, fc.integer({ min: 0, max: 255 })), {
        minLength: 1,
        maxLength: 12,
      })
      await fc.assert(
        fc.asyncProperty(changes, async (list) => {
          const changed = bytes.slice()
          for (const [index, value] of list) changed[index] = value
          assert.ok(fates.has(await fateOf(changed)))
        }),
        { seed: 8, numRuns: 120 },
      )
    })

    test(`${name} with changed bytes in its header`, async () => {
      const at = fc.integer({ min: 0, max: Math.min(bytes.length, 900) - 1 })
      const changes = fc.array(fc.tuple(at, fc.constantFrom(0, 1, 127, 128, 254, 255)), {
        minLength: 1,
        maxLength: 4,
      })
      await fc.assert(
        fc.asyncProperty(changes, async (list) => {
          const changed = bytes.slice()
          for (const [index, value] of list) changed[index] = value
          assert.ok(fates.has(await fateOf(changed)))
        }),
        { seed: 21, numRuns: 120 },
      )
    })
  }
})
