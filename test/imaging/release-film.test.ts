import assert from 'node:assert/strict'
import { test } from 'node:test'
import { releaseFilm } from '../../src/imaging/release-film.ts'
import { decoded, film, picture } from './films.ts'

const [rows, columns] = [900, 800]

for (const syntax of ['explicitLittleEndian', 'explicitBigEndian', 'deflatedLittleEndian'] as const)
  for (const bitsStored of [8, 12])
    test(`nothing is left of a film of ${bitsStored} bits and its file, in ${syntax}`, async () => {
      const pixels = picture(rows, columns, bitsStored)
      const file = Buffer.concat([film({ rows, columns, pixels, bitsStored, syntax }), Buffer.alloc(2 ** 20)])
      const result = await decoded(file)
      releaseFilm(file, result)
      const inflated = result.header.dicom?.inflated ?? file
      assert.deepEqual([file.length, result.words.length, inflated.length], [0, 0, 0])
    })

test('a film in memory that others may share stays where it is', async () => {
  const file = film()
  const [before, result] = [file.slice(), await decoded(file)]
  releaseFilm(file, result)
  assert.deepEqual(file, before)
  assert.equal(result.words.length, result.rows * result.columns)
})
