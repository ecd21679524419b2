import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import dicomParser from 'dicom-parser'
import { parseDicom } from '../../../src/imaging/dicom/parse-dicom.ts'
import { readElements } from '../../../src/imaging/dicom/read-elements.ts'
import { codestreamOf, codings } from '../codings.ts'
import { film, filmSpec, sample, withoutSamples } from '../films.ts'

type Place = readonly [tag: string, offset: number, length: number]

/** The places of values as another reader finds them; those of values of open length end differently there. */
const placesByPeer = (bytes: Uint8Array): Place[] =>
  Object.values(dicomParser.parseDicom(bytes).elements)
    .filter(({ tag, hadUndefinedLength }) => !tag.startsWith('x0002') && hadUndefinedLength !== true)
    .map(({ tag, dataOffset, length }): Place => [tag, dataOffset, length])
    .toSorted(([one], [other]) => (one < other ? -1 : 1))

const start = (bytes: Uint8Array): number => 144 + Buffer.from(bytes).readUInt32LE(140)

const placesByUs = (bytes: Uint8Array, explicit: boolean, littleEndian: boolean): Place[] =>
  [...readElements(bytes, start(bytes), { explicit, littleEndian }).values()]
    .filter(({ isOpen }) => !isOpen)
    .map(({ tag, offset, length }): Place => [`x${tag.toString(16).padStart(8, '0')}`, offset, length])
    .toSorted(([one], [other]) => (one < other ? -1 : 1))

const nested = [
  [0x00081111, 'SQ', [{ item: [[0x00081115, 'SQ', [{ item: [[0x00080100, 'SH', 'code']] }]]] }]],
  [0x00091001, 'UN', Uint8Array.of(1, 2, 3)],
] as const

describe('read-elements: the same places as another reader finds', () => {
  for (const [syntax, explicit, littleEndian] of [
    ['explicitLittleEndian', true, true],
    ['implicitLittleEndian', false, true],
    ['explicitBigEndian', true, false],
  ] as const)
    test(syntax, () => {
      const bytes = film({ syntax, more: [...nested] })
      assert.deepEqual(placesByUs(bytes, explicit, littleEndian), placesByPeer(bytes))
    })

  test('fragments', () => {
    for (const { transferSyntaxUid, encode } of codings) {
      const stream = codestreamOf(filmSpec().pixels, 12, encode)
      const fragments = [stream.subarray(0, 100), stream.subarray(100, 300), stream.subarray(300)]
      const bytes = film({ coded: { transferSyntaxUid, fragments } })
      const parsed = parseDicom(bytes)
      assert.ok(parsed.kind === 'ok')
      const peer = dicomParser.parseDicom(bytes).elements['x7fe00010']?.fragments
      assert.deepEqual(
        parsed.value.pixelData?.fragments?.map(({ offset, length }) => [offset, length]),
        peer?.map(({ position, length }) => [position, length]),
      )
    }
  })

  test('real films', { skip: withoutSamples('hip-dicom') }, () => {
    for (const name of ['UNC', 'RLE', 'JPLL']) {
      const bytes = sample('hip-dicom', `RG2_${name}.dcm`)
      assert.deepEqual(placesByUs(bytes, true, true), placesByPeer(bytes))
    }
  })

  test('nesting, and more elements than any film has, end with what is wrong', () => {
    const open = Buffer.from([
      1, 0x20, 0x10, 0, 0x53, 0x51, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0, 0xe0, 0xff, 0xff, 0xff, 0xff,
    ])
    const bytes = film()
    const inserted = (piece: Uint8Array) =>
      parseDicom(
        new Uint8Array(Buffer.concat([bytes.subarray(0, start(bytes)), piece, bytes.subarray(start(bytes))])),
      )
    const deep = inserted(Buffer.concat(Array.from({ length: 100_000 }, () => open)))
    assert.ok(deep.kind === 'failed')
    assert.match(deep.detail, /more than 32 deep/)
    const many = inserted(Buffer.alloc(8 * 200_000, Buffer.from([1, 0x20, 1, 0x10, 0x4c, 0x4f, 0, 0])))
    assert.ok(many.kind === 'failed')
    assert.match(many.detail, /more than 100000 elements/)
  })
})
