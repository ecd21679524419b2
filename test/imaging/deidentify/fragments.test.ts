import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { deidentifyFilm } from '../../../src/imaging/deidentify/deidentify-film.ts'
import { codestreamOf, codings, littleEndian } from '../codings.ts'
import { cutAt, encapsulate } from '../encapsulate.ts'
import { decoded, filmSpec, headerOf } from '../films.ts'

const marker = 'ZZMARKER'

/** Writers pad a codestream to an even length; this one is as its encoder left it, and so may be odd. */
const bare = (bytes: Uint8Array): Uint8Array => (bytes.at(-1) === 0 ? bytes.subarray(0, -1) : bytes)

const fragmentations: Readonly<Record<string, (stream: Uint8Array) => readonly Uint8Array[]>> = {
  'one, padded to even': (stream) => [Buffer.concat([stream, Buffer.alloc(stream.length % 2)])],
  'one, as long as it is': (stream) => [stream],
  'two, even': (stream) => cutAt(stream, (stream.length >> 2) * 2),
  'two, both odd': (stream) => cutAt(stream, (stream.length >> 2) * 2 + 1),
  'the first of one byte': (stream) => cutAt(stream, 1),
  'pieces of 97 bytes': (stream) =>
    cutAt(stream, ...Array.from({ length: Math.floor(stream.length / 97) }, (_, index) => 97 * (index + 1))),
  'with empty ones': (stream) => [
    new Uint8Array(),
    ...cutAt(stream, 301).flatMap((part) => [part, new Uint8Array()]),
  ],
  'a name behind the last': (stream) => [stream, Buffer.from(marker.repeat(3))],
}

const tables: Readonly<Record<string, Uint8Array>> = {
  empty: new Uint8Array(),
  'one frame': new Uint8Array(4),
  wrong: Uint8Array.of(0xf0, 0xff, 0xff, 0x7f),
  text: Buffer.from(marker),
}

const stripped = async (bytes: Uint8Array): Promise<Uint8Array> => {
  const outcome = await deidentifyFilm(bytes, headerOf(bytes), { replacementUid: () => '2.25.1' })
  if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome))
  return outcome.value
}

const native = {
  name: 'native, encapsulated',
  transferSyntaxUid: '1.2.840.10008.1.2.1.98',
  lossless: true,
  streamOf: (pixels: Uint16Array) => littleEndian(pixels, 12),
}

describe('the de-identified copy decodes to the very pixels of the original', () => {
  const coded = codings.map((coding) => ({
    ...coding,
    streamOf: (pixels: Uint16Array) => bare(codestreamOf(pixels, 12, coding.encode)),
  }))
  for (const { name, transferSyntaxUid, lossless, streamOf } of [native, ...coded])
    test(name, async (t) => {
      const spec = filmSpec()
      assert.ok(spec.pixels instanceof Uint16Array)
      const stream = streamOf(spec.pixels)
      let films = 0
      const expected = await decoded(encapsulate(spec, transferSyntaxUid, { fragments: [stream] }))
      if (lossless) assert.deepEqual(expected.stored, spec.pixels)
      for (const [how, fragmentsOf] of Object.entries(fragmentations))
        for (const [which, table] of Object.entries(tables)) {
          // Uncompressed pixels have no end of their own: what is behind them is padding or too long.
          if (name === native.name && how.startsWith('a name')) continue
          const bytes = encapsulate(spec, transferSyntaxUid, { fragments: fragmentsOf(stream), table })
          const copy = await stripped(bytes)
          assert.equal((await decoded(bytes)).pixelHash, expected.pixelHash, `${how}, table ${which}`)
          assert.equal((await decoded(copy)).pixelHash, expected.pixelHash, `${how}, table ${which}: copy`)
          assert.ok(!Buffer.from(copy).includes(marker), `${how}, table ${which}: a name`)
          assert.equal(copy.length % 2, 0)
          films += 1
        }
      t.diagnostic(`${name}: ${stream.length} bytes, ${films} fragmentations × tables`)
    })
})
