import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DicomElement } from '../../../src/imaging/dicom/write-dicom.ts'
import type { DicomFilmSpec } from '../../../src/imaging/dicom/write-dicom-film.ts'
import { toGreyscale } from '../../../src/imaging/picture/grey-film.ts'
import { readFilmHeader } from '../../../src/imaging/read-film-header.ts'
import { greysOf } from '../../support/greys.ts'
import { decoded, film } from '../films.ts'

/** The greys of a film of one row with these stored values. */
const greysFrom = async (
  values: readonly number[],
  changes: Partial<DicomFilmSpec> = {},
): Promise<number[]> => {
  const pixels = Uint16Array.from(values)
  const bytes = film({ rows: 1, columns: values.length, pixels, ...changes })
  return [...greysOf(toGreyscale(await decoded(bytes)))]
}

const table = (
  sequence: number,
  [first, bits]: [number, number],
  values: number[],
  count = values.length,
) => {
  const item: DicomElement[] = [
    [0x00283002, 'US', [count, first, bits]],
    [0x00283006, 'OW', values],
  ]
  return [sequence, 'SQ', [{ item }]] as const
}

describe('grey-film: larger is more attenuation', () => {
  test('the stored bits fill 16', async () => {
    assert.deepEqual(await greysFrom([0, 1, 2048, 4095]), [0, 16, 32775, 65535])
    assert.deepEqual(await greysFrom([0, 128, 255], { bitsStored: 8 }), [0, 32896, 65535])
    assert.deepEqual(await greysFrom([0, 512, 1023], { bitsStored: 10 }), [0, 32799, 65535])
  })

  test('MONOCHROME1 is inverted', async () => {
    assert.deepEqual(await greysFrom([0, 4095], { photometric: 'MONOCHROME1' }), [65535, 0])
  })

  test('signed values are moved above zero', async () => {
    const pixels = Int16Array.of(-2048, 0, 2047)
    assert.deepEqual(await greysFrom([0, 0, 0], { pixels }), [0, 32775, 65535])
  })

  for (const syntax of ['explicitLittleEndian', 'explicitBigEndian', 'deflatedLittleEndian'] as const)
    test(`bits beside the stored ones do not count, in ${syntax}`, async () => {
      const more: DicomElement[] = [[0x00280102, 'US', 13]]
      const plain = await greysFrom([0, 1, 2048, 4095])
      const shifted = [0x0000, 0x4004, 0xe003, 0xffff].map(
        (word, at) => word | (([0, 1, 2048, 4095][at] ?? 0) << 2),
      )
      assert.deepEqual(await greysFrom(shifted, { more, syntax }), plain)
      const signed = Int16Array.from([-2048, -2047, 0, 2047], (value) => (value << 2) | 3)
      assert.deepEqual(await greysFrom([0, 0, 0, 0], { pixels: signed, more, syntax }), plain)
    })

  test('linear rescaling and windows change nothing, a falling slope inverts', async () => {
    const plain = await greysFrom([0, 1000, 4095])
    assert.deepEqual(await greysFrom([0, 1000, 4095], { rescale: { slope: 2, intercept: -500 } }), plain)
    assert.deepEqual(await greysFrom([0, 1000, 4095], { window: { centre: 1000, width: 100 } }), plain)
    const falling = await greysFrom([0, 1000, 4095], { rescale: { slope: -1, intercept: 4095 } })
    assert.deepEqual(falling, [65535, 49531, 0])
  })

  test('padding is black, whatever the interpretation', async () => {
    assert.deepEqual(await greysFrom([0, 4095], { padding: 4095 }), [0, 0])
    assert.deepEqual(await greysFrom([0, 4095], { padding: 0, photometric: 'MONOCHROME1' }), [0, 0])
  })

  test('padding in implicit little endian is read by the sign of the pixels', async () => {
    const pixels = Int16Array.of(-2000, 0, 2047)
    const greys = await greysFrom([0, 0, 0], { pixels, padding: -2000, syntax: 'implicitLittleEndian' })
    assert.equal(greys[0], 0)
    assert.ok((greys[1] ?? 0) > 0)
  })

  test('a range of padding is black at both of its ends', async () => {
    const more: DicomElement[] = [[0x00280121, 'US', 4000]]
    assert.deepEqual((await greysFrom([3999, 4000, 4050, 4095], { padding: 4095, more })).slice(1), [0, 0, 0])
  })

  for (const syntax of ['explicitLittleEndian', 'implicitLittleEndian', 'explicitBigEndian'] as const)
    test(`a VOI table is applied, its ends to what lies outside, in ${syntax}`, async () => {
      const more = [table(0x00283010, [100, 12], [0, 1000, 4095])]
      assert.deepEqual(
        await greysFrom([0, 100, 101, 102, 4095], { more, syntax }),
        [0, 0, 16003, 65535, 65535],
      )
    })

  test('a modality table comes before the VOI table', async () => {
    const identity = Array.from({ length: 201 }, (_, index) => index)
    const more = [table(0x00283000, [0, 16], [300, 200, 100]), table(0x00283010, [100, 8], identity)]
    assert.deepEqual(await greysFrom([0, 1, 2], { more }), [51400, 25700, 0])
  })

  test('a table of 8 bits may pack two entries in a word', async () => {
    const more = [table(0x00283010, [0, 8], [0xff00, 0x0080], 4)]
    assert.deepEqual(await greysFrom([0, 1, 2, 3], { more }), [0, 65535, 32896, 0])
  })

  test('a table that cannot be refuses the film, which would look otherwise without it', async () => {
    const refusal = readFilmHeader(film({ more: [table(0x00283010, [0, 40], [1, 2, 3])] }))
    assert.equal(refusal.kind === 'failed' && refusal.detail, 'the VOI look-up table cannot be read')
  })

  test('a sigmoid window is a curve', async () => {
    const more: DicomElement[] = [[0x00281056, 'CS', 'SIGMOID']]
    const window = { centre: 2000, width: 1000 }
    const [low = 0, centre = 0, high = 0] = await greysFrom([1000, 2000, 3000], { more, window })
    assert.equal(centre, 32767)
    assert.ok(low < 1300 && high > 64200)
  })
})
