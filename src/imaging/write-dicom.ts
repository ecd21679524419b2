/** A data element to write: tag as 0xGGGGEEEE, value representation, value. */
export type DicomElement = readonly [
  tag: number,
  vr: string,
  value: string | number | readonly number[] | Uint8Array,
]

/** Transfer syntaxes that can be written. */
export type WritableSyntax = 'explicitLittleEndian' | 'implicitLittleEndian' | 'explicitBigEndian'

const syntaxUids: Readonly<Record<WritableSyntax, string>> = {
  explicitLittleEndian: '1.2.840.10008.1.2.1',
  implicitLittleEndian: '1.2.840.10008.1.2',
  explicitBigEndian: '1.2.840.10008.1.2.2',
}

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

const valueOf = ([, vr, value]: DicomElement, littleEndian: boolean): Uint8Array => {
  if (value instanceof Uint8Array) return padded(value, 0)
  if (typeof value === 'string') return padded(new TextEncoder().encode(value), vr === 'UI' ? 0 : 0x20)
  return numbersOf(vr, typeof value === 'number' ? [value] : value, littleEndian)
}

type Form = { readonly littleEndian: boolean; readonly explicit: boolean }

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
      const value = valueOf(element, form.littleEndian)
      return [headOf(element, value.length, form), value]
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

/** Writes a Part 10 file (PS3.10 7.1). */
export const writeDicom = (file: DicomFile): Uint8Array => {
  const syntax = file.syntax ?? 'explicitLittleEndian'
  const meta = encode(
    [
      [0x00020001, 'OB', Uint8Array.of(0, 1)],
      [0x00020002, 'UI', file.sopClassUid],
      [0x00020003, 'UI', file.sopInstanceUid],
      [0x00020010, 'UI', file.declaredSyntaxUid ?? syntaxUids[syntax]],
      [0x00020012, 'UI', '2.25.302043790172249692526321623266752743501'],
    ],
    { littleEndian: true, explicit: true },
  )
  const length: DicomElement = [0x00020000, 'UL', joined(meta).length]
  const body: DicomElement[] = [
    [0x00080016, 'UI', file.sopClassUid],
    [0x00080018, 'UI', file.sopInstanceUid],
    ...file.elements,
  ]
  const form = { littleEndian: syntax !== 'explicitBigEndian', explicit: syntax !== 'implicitLittleEndian' }
  const preamble = new Uint8Array(132)
  preamble.set(new TextEncoder().encode('DICM'), 128)
  return joined([
    preamble,
    ...encode([length], { littleEndian: true, explicit: true }),
    ...meta,
    ...encode(body, form),
  ])
}
