import { nativeSyntaxes } from '../../../src/imaging/dicom/dicom-tags.ts'
import type { DicomElement } from '../../../src/imaging/dicom/write-dicom.ts'
import { film, filmSpec, picture } from '../films.ts'

const rows = 37
const columns = 41
const headBytes = 132

/** Where the data set begins: behind the preamble and the meta information, whose length stands in its first element. */
const datasetStart = (bytes: Uint8Array): number =>
  headBytes + 12 + Buffer.from(bytes).readUInt32LE(headBytes + 8)

const bare = (bytes: Uint8Array): Uint8Array => bytes.slice(datasetStart(bytes))

const withSyntax = (bytes: Uint8Array, from: string, to: string): Uint8Array => {
  const buffer = Buffer.from(bytes)
  const at = buffer.indexOf(Buffer.from(`${from}\0`))
  // A UID of another length moves what follows: both are given in one length, with zeros.
  const length = buffer.readUInt16LE(at - 2)
  buffer.fill(0, at, at + length)
  buffer.write(to, at, 'latin1')
  return new Uint8Array(buffer)
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))

const find = (bytes: Uint8Array, tag: number): number => {
  const wanted = Buffer.alloc(4)
  wanted.writeUInt16LE(tag >>> 16, 0)
  wanted.writeUInt16LE(tag & 0xffff, 2)
  return Buffer.from(bytes).indexOf(wanted, datasetStart(bytes))
}

/** Puts other bytes in the place of an element of a known length. */
const replaced = (bytes: Uint8Array, tag: number, length: number, piece: Uint8Array): Uint8Array => {
  const at = find(bytes, tag)
  return joined(bytes.subarray(0, at), piece, bytes.subarray(at + length))
}

const implicitElement = (tag: number, value: Uint8Array): Uint8Array => {
  const head = Buffer.alloc(8)
  head.writeUInt16LE(tag >>> 16, 0)
  head.writeUInt16LE(tag & 0xffff, 2)
  head.writeUInt32LE(value.length, 4)
  return joined(head, value)
}

const open = 0xffffffff
const head = (tag: number, vr: string, length: number): Buffer => {
  const bytes = Buffer.alloc(vr === '' ? 8 : 12)
  bytes.writeUInt16LE(tag >>> 16, 0)
  bytes.writeUInt16LE(tag & 0xffff, 2)
  bytes.write(vr, 4, 'latin1')
  bytes.writeUInt32LE(length, vr === '' ? 4 : 8)
  return bytes
}

/** A private sequence in front of the pixels, written in odd ways. */
const inFront = (piece: Uint8Array): Uint8Array => {
  const bytes = film()
  const at = find(bytes, 0x20500020)
  return joined(bytes.subarray(0, at), piece, bytes.subarray(at))
}

const lut = (first: number, vr: 'US' | 'SS', values: readonly number[], bits = 16): DicomElement => [
  0x00283010,
  'SQ',
  [
    {
      item: [
        [0x00283002, vr, [values.length, first, bits]],
        [0x00283006, 'OW', values],
      ],
    },
  ],
]

/** 4096 entries that rise as a curve. */
const curve = Array.from({ length: 4096 }, (_, index) => Math.round(65535 * (index / 4095) ** 2))

const pixelItems = (...items: readonly Uint8Array[]): Uint8Array =>
  joined(...items.map((item) => joined(head(0xfffee000, '', item.length), item)))

const openSequence = joined(
  head(0x20010010, 'SQ', open),
  head(0xfffee000, '', open),
  head(0x00080100, 'UN', 0),
)

const { pixels } = filmSpec()
const rgb = Uint8Array.from(
  { length: rows * columns * 3 },
  (_, index) => picture(rows, columns, 8)[Math.floor(index / 3)] ?? 0,
)
const planes = Uint8Array.from(
  { length: rows * columns * 3 },
  (_, index) => picture(rows, columns, 8)[index % (rows * columns)] ?? 0,
)
const colour = (photometric: string, bytes: Uint8Array, planar = 0): Uint8Array =>
  film({
    bitsStored: 8,
    more: [
      [0x00280002, 'US', 3],
      [0x00280004, 'CS', photometric],
      [0x00280006, 'US', planar],
      [0x7fe00010, 'OB', bytes],
    ],
  })

/** Films that are written in ways in which clinics' devices and archives write them. */
export const oddFilms = (): Readonly<Record<string, Uint8Array>> => ({
  'as it should be': film(),
  'bare, implicit': bare(film({ syntax: 'implicitLittleEndian' })),
  'bare, explicit': bare(film()),
  'no preamble, with meta information': film().slice(headBytes),
  'declared implicit, explicit': withSyntax(
    film(),
    nativeSyntaxes.explicitLittleEndian,
    nativeSyntaxes.implicitLittleEndian,
  ),
  'declared explicit, implicit': joined(
    film().slice(0, datasetStart(film())),
    bare(film({ syntax: 'implicitLittleEndian' })),
  ),
  'one implicit element': replaced(
    film(),
    0x20500020,
    8 + 8,
    implicitElement(0x20500020, Buffer.from('IDENTITY')),
  ),
  'three zero bytes at the end': joined(film(), new Uint8Array(3)),
  '600 zero bytes at the end': joined(film(), new Uint8Array(600)),
  'two bytes behind the pixels': film({
    more: [[0x7fe00010, 'OW', joined(new Uint8Array(pixels.slice().buffer), new Uint8Array(2))]],
  }),
  'a private UN of open length': inFront(
    joined(
      head(0x20010010, 'UN', open),
      head(0xfffee000, '', open),
      implicitElement(0x20010011, Buffer.from('text')),
      head(0xfffee00d, '', 0),
      head(0xfffee0dd, '', 0),
    ),
  ),
  'a sequence without delimiter': inFront(joined(openSequence, head(0xfffee00d, '', 0))),
  'an item without delimiter': inFront(joined(openSequence, head(0xfffee0dd, '', 0))),
  'a VOI table': film({ more: [lut(0, 'US', curve)] }),
  'a VOI table, first value signed, rescaled below zero': film({
    rescale: { slope: 1, intercept: -1024 },
    more: [lut(-1024, 'SS', curve)],
  }),
  'a VOI table in UN, implicit inside': replaced(
    film({ more: [lut(0, 'US', [])] }),
    0x00283010,
    12 + 8 + 14 + 12,
    (() => {
      const item = joined(
        implicitElement(0x00283002, new Uint8Array(Uint16Array.of(4096, 0, 16).buffer)),
        implicitElement(0x00283006, new Uint8Array(Uint16Array.from(curve).buffer)),
      )
      const content = pixelItems(item)
      return joined(head(0x00283010, 'UN', content.length), content)
    })(),
  ),
  'grey as RGB': colour('RGB', joined(rgb, new Uint8Array(1))),
  'grey as RGB, plane by plane': colour('RGB', joined(planes, new Uint8Array(1)), 1),
  'photometric interpretation in lower case': film({ more: [[0x00280004, 'CS', 'monochrome2']] }),
  'no photometric interpretation': film({ more: [[0x00280004, 'CS', '']] }),
})
