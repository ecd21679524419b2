import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { deidentifyFilm } from '../../src/imaging/deidentify/deidentify-film.ts'
import type { WritableSyntax } from '../../src/imaging/dicom/write-dicom.ts'
import { toGreyscale } from '../../src/imaging/picture/grey-film.ts'
import { greysOf } from '../support/greys.ts'
import { decoded, film } from './films.ts'

describe('a film in a Buffer, at any place in memory', () => {
  const syntaxes: WritableSyntax[] = [
    'explicitLittleEndian',
    'implicitLittleEndian',
    'explicitBigEndian',
    'deflatedLittleEndian',
  ]
  for (const syntax of syntaxes)
    for (const offset of [0, 1, 2, 3])
      test(`${syntax}, ${offset} bytes behind an even one: the same values, and the film is not touched`, async () => {
        const bytes = film({
          syntax,
          more: [
            [0x00280101, 'US', 10],
            [0x00280102, 'US', 10],
          ],
        })
        const memory = Buffer.alloc(bytes.length + 8, 0xaa)
        memory.set(bytes, offset)
        const buffer = memory.subarray(offset, offset + bytes.length)
        const expected = await decoded(bytes)
        const result = await decoded(buffer)
        assert.deepEqual([...result.stored], [...expected.stored])
        assert.deepEqual(greysOf(toGreyscale(result)), greysOf(toGreyscale(expected)))
        const stripped = await deidentifyFilm(buffer, result.header, { replacementUid: () => '2.25.1' })
        assert.ok(stripped.kind === 'ok')
        assert.equal((await decoded(stripped.value)).pixelHash, expected.pixelHash)
        assert.equal(Buffer.compare(buffer, bytes), 0)
      })
})
