import { deflateRawSync } from 'node:zlib'
import { nativeSyntaxes } from './dicom-tags.ts'

/** Encapsulated pixel data: fragments as they are, behind an empty offset table. */
export type Fragments = { readonly fragments: readonly Uint8Array[] }

/** A data element to write: tag as 0xGGGGEEEE, value representation, value (SQ: items, each a list of elements). */
export type DicomElement = readonly [
  tag: number,
  vr: string,
  value: string | number | readonly number[] | Uint8Array | Fragments | readonly DicomItem[],
]
export type DicomItem = { readonly item: readonly DicomElement[] }

/** Transfer syntaxes that can be written. */
export type WritableSyntax = keyof typeof nativeSyntaxes

/** Value representations with a 32-bit length in explicit syntaxes (PS3.5 7.1.2). */
const longForms = ['OB', 'OW', 'OF', 'SQ', 'UT', 'UN', 'UC', 'UR', 'OD', 'OL']
const numberWidths: Readonly<Record<string, number>> = { US: 2, SS: 2, UL: 4, SL: 4, FL: 4, FD: 8 }

const padded = (bytes: Uint8Array, filler: number): Uint8Array => {
  if (bytes.length % 2 === 0) return bytes
  const even = new Uint8Array(bytes.length + 1).fill(filler)
  even.set(bytes)
  return even
}

const numbersOf = (vr: string, values: readonly number[], littleEndian: boolean): Uint8Array => {
  const width = numberWidths[vr] ?? 2
  const bytes = new Uint8Array(width * values.length)
  const view = new DataView(bytes.buffer)
  for (const [index, value] of values.entries()) {
    if (vr === 'FL') view.setFloat32(index * width, value, littleEndian)
    else if (vr === 'FD') view.setFloat64(index * width, value, littleEndian)
    else if (width === 4) view.setInt32(index * width, value, littleEndian)
    else view.setInt16(index * width, value, littleEndian)
  }
  return bytes
}

type Form = { readonly littleEndian: boolean; readonly explicit: boolean }

/** An item, a delimiter: tag and length, in every syntax alike (PS3.5 7.5). */
const itemHead = (element: number, length: number, littleEndian: boolean): Uint8Array => {
  const bytes = new Uint8Array(8)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, 0xfffe, littleEndian)
  view.setUint16(2, element, littleEndian)
  view.setUint32(4, length, littleEndian)
  return bytes
}

const isItems = (values: readonly number[] | readonly DicomItem[]): values is readonly DicomItem[] =>
  typeof values[0] === 'object'

/** Items of known length, one behind the other. */
const itemsOf = (items: readonly DicomItem[], form: Form): Uint8Array =>
  joined(
    items.flatMap(({ item }) => {
      const content = joined(encode(item, form))
      return [itemHead(0xe000, content.length, form.littleEndian), content]
    }),
  )

/** An empty offset table, the fragments, the delimiter (PS3.5 A.4). */
const fragmentsOf = ({ fragments }: Fragments, { littleEndian }: Form): Uint8Array =>
  joined([
    itemHead(0xe000, 0, littleEndian),
    ...fragments.flatMap((fragment) => {
      const even = padded(fragment, 0)
      return [itemHead(0xe000, even.length, littleEndian), even]
    }),
    itemHead(0xe0dd, 0, littleEndian),
  ])

const valueOf = ([, vr, value]: DicomElement, form: Form): Uint8Array => {
  if (value instanceof Uint8Array) return padded(value, 0)
  if (typeof value === 'string') return padded(new TextEncoder().encode(value), vr === 'UI' ? 0 : 0x20)
  if (typeof value === 'number') return numbersOf(vr, [value], form.littleEndian)
  if ('fragments' in value) return fragmentsOf(value, form)
  return isItems(value) ? itemsOf(value, form) : numbersOf(vr, value, form.littleEndian)
}

const undefinedLength = 0xffffffff

const lengthOf = ([, , value]: DicomElement, bytes: Uint8Array): number =>
  typeof value === 'object' && 'fragments' in value ? undefinedLength : bytes.length

const headOf = ([tag, vr]: DicomElement, length: number, { littleEndian, explicit }: Form): Uint8Array => {
  const isLong = longForms.includes(vr)
  const bytes = new Uint8Array(explicit && isLong ? 12 : 8)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, tag >>> 16, littleEndian)
  view.setUint16(2, tag & 0xffff, littleEndian)
  if (!explicit) {
    view.setUint32(4, length, littleEndian)
    return bytes
  }
  bytes.set([vr.charCodeAt(0), vr.charCodeAt(1)], 4)
  if (isLong) view.setUint32(8, length, littleEndian)
  else view.setUint16(6, length, littleEndian)
  return bytes
}

/** Encodes elements in the order of their tags. */
const encode = (elements: readonly DicomElement[], form: Form): Uint8Array[] =>
  elements
    .toSorted(([a], [b]) => a - b)
    .flatMap((element) => {
      const value = valueOf(element, form)
      return [headOf(element, lengthOf(element, value), form), value]
    })

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export type DicomFile = {
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  /** Every element but the file meta information; `sopClassUid` and `sopInstanceUid` are added. */
  readonly elements: readonly DicomElement[]
  readonly syntax?: WritableSyntax
  /** Declares this transfer syntax instead of the one written, for pixel data that are encapsulated as they are. */
  readonly declaredSyntaxUid?: string
}

/** What stands before a data set in a file (PS3.10 7.1): preamble and meta information. */
export const dicomFileHead = (of: {
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly transferSyntaxUid: string
}): Uint8Array => {
  const form = { littleEndian: true, explicit: true }
  const meta = encode(
    [
      [0x00020001, 'OB', Uint8Array.of(0, 1)],
      [0x00020002, 'UI', of.sopClassUid],
      [0x00020003, 'UI', of.sopInstanceUid],
      [0x00020010, 'UI', of.transferSyntaxUid],
      [0x00020012, 'UI', '2.25.302043790172249692526321623266752743501'],
    ],
    form,
  )
  const length: DicomElement = [0x00020000, 'UL', joined(meta).length]
  const preamble = new Uint8Array(132)
  preamble.set(new TextEncoder().encode('DICM'), 128)
  return joined([preamble, ...encode([length], form), ...meta])
}

/** Writes a Part 10 file (PS3.10 7.1). */
export const writeDicom = (file: DicomFile): Uint8Array => {
  const { sopClassUid, sopInstanceUid } = file
  const syntax = file.syntax ?? 'explicitLittleEndian'
  const transferSyntaxUid = file.declaredSyntaxUid ?? nativeSyntaxes[syntax]
  const body: DicomElement[] = [
    [0x00080016, 'UI', sopClassUid],
    [0x00080018, 'UI', sopInstanceUid],
    ...file.elements,
  ]
  const form = { littleEndian: syntax !== 'explicitBigEndian', explicit: syntax !== 'implicitLittleEndian' }
  const encoded = encode(body, form)
  return joined([
    dicomFileHead({ sopClassUid, sopInstanceUid, transferSyntaxUid }),
    ...(syntax === 'deflatedLittleEndian' ? [padded(deflateRawSync(joined(encoded)), 0)] : encoded),
  ])
}
