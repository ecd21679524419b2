import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { crc32 } from 'node:zlib'
import { encodeJpeg, encodePng } from '../../../src/imaging/codecs/sharp-codec.ts'
import { type Orientation, writeOrientation } from '../../../src/imaging/codestream/exif-orientation.ts'
import { deidentifyFilm } from '../../../src/imaging/deidentify/deidentify-film.ts'
import { lyingSize, turnPicture } from '../../../src/imaging/picture/turn-picture.ts'
import { decoded, headerOf } from '../films.ts'

/** What a viewer shows of the letters `ab / cd / ef` at each orientation (EXIF 4.6.4, its figure). */
const shown: Readonly<Record<Orientation, string>> = {
  1: 'ab/cd/ef',
  2: 'ba/dc/fe',
  3: 'fe/dc/ba',
  4: 'ef/cd/ab',
  5: 'ace/bdf',
  6: 'eca/fdb',
  7: 'fdb/eca',
  8: 'bdf/ace',
}
const orientations: readonly Orientation[] = [1, 2, 3, 4, 5, 6, 7, 8]

const linesOf = (words: ArrayLike<number>, columns: number): string => {
  const text = String.fromCharCode(...Array.from(words))
  return text.match(new RegExp(`.{${columns}}`, 'g'))?.join('/') ?? ''
}

/** EXIF as cameras write it: little endian, other entries first, and a name behind. */
const exifOf = (orientation: Orientation): Buffer => {
  const tiff = Buffer.alloc(64)
  tiff.write('II*\0', 0, 'latin1')
  tiff.writeUInt32LE(8, 4)
  tiff.writeUInt16LE(2, 8)
  tiff.writeUInt16LE(0x010f, 10)
  tiff.writeUInt16LE(2, 12)
  tiff.writeUInt16LE(0x0112, 22)
  tiff.writeUInt16LE(3, 24)
  tiff.writeUInt32LE(1, 26)
  tiff.writeUInt16LE(orientation, 30)
  tiff.write('ZZMARKER', 40, 'latin1')
  return tiff
}

const withExif = (jpeg: Uint8Array, orientation: Orientation): Uint8Array => {
  const content = Buffer.concat([Buffer.from('Exif\0\0'), exifOf(orientation)])
  const head = Buffer.from([0xff, 0xe1, 0, content.length + 2])
  return new Uint8Array(Buffer.concat([jpeg.subarray(0, 2), head, content, jpeg.subarray(2)]))
}

describe('the orientation of a picture', () => {
  for (const orientation of orientations)
    test(`${orientation}: pixels are turned as a viewer turns them`, () => {
      const words = Uint16Array.from('abcdef', (letter) => letter.charCodeAt(0))
      const size = { rows: 3, columns: 2 }
      const { columns } = lyingSize(size, orientation)
      assert.equal(linesOf(turnPicture(words, size, orientation), columns), shown[orientation])
    })

  for (const orientation of orientations)
    test(`${orientation}: a JPEG is read turned, and so is its de-identified copy, which says no more`, async () => {
      const [rows, columns] = [48, 32]
      const values = Uint16Array.from({ length: rows * columns }, (_, index) => 4 * (index % columns) + 40)
      const upright = await decoded(await encodeJpeg({ rows, columns, values }, 100))
      const bytes = withExif(await encodeJpeg({ rows, columns, values }, 100), orientation)
      const film = await decoded(bytes)
      assert.deepEqual([film.rows, film.columns], orientation < 5 ? [rows, columns] : [columns, rows])
      const expected = turnPicture(Uint16Array.from(upright.stored), { rows, columns }, orientation)
      assert.deepEqual(Uint16Array.from(film.stored), expected)
      const copy = await deidentifyFilm(bytes, headerOf(bytes), { replacementUid: () => '2.25.1' })
      assert.ok(copy.kind === 'ok')
      assert.ok(!Buffer.from(copy.value).includes('ZZMARKER'))
      assert.deepEqual((await decoded(copy.value)).stored, film.stored)
    })

  test('a PNG is turned too', async () => {
    const values = Uint16Array.from({ length: 20 * 30 }, (_, index) => index)
    const plain = await encodePng({ rows: 20, columns: 30, values }, 16)
    const body = Buffer.concat([Buffer.from('eXIf'), writeOrientation(6)])
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(body.length - 4)
    check.writeUInt32BE(crc32(body))
    const bytes = new Uint8Array(
      Buffer.concat([plain.subarray(0, 33), length, body, check, plain.subarray(33)]),
    )
    const film = await decoded(bytes)
    assert.deepEqual([film.rows, film.columns], [30, 20])
    assert.deepEqual(Uint16Array.from(film.stored), turnPicture(values, { rows: 20, columns: 30 }, 6))
  })
})
