import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { decoded, film, picture } from './films.ts'

const [rows, columns] = [250, 301]

for (const syntax of ['explicitLittleEndian', 'explicitBigEndian', 'deflatedLittleEndian'] as const)
  test(`a film of several pieces has one hash with overlays and without, in ${syntax}`, async () => {
    const pixels = picture(rows, columns, 12)
    const expected = createHash('sha256').update(new Uint8Array(pixels.buffer)).digest('hex')
    const dirty = pixels.map((value, index) => value | (index % 5 === 0 ? 0xf000 : 0))
    const result = await decoded(film({ rows, columns, pixels: dirty, bitsStored: 12, syntax }))
    assert.equal(result.pixelHash, expected)
    assert.deepEqual(result.stored, pixels)
    assert.equal(result.pixelHash, expected, 'neither changes the film')
  })
