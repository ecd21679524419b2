import { inflateRawSync } from 'node:zlib'
import { messageOf } from '../../runtime/errors.ts'
import { failed, ok } from '../../runtime/outcome.ts'
import type { ImagingOutcome, PixelElement } from '../film-header.ts'
import { plainBytes, viewOf } from '../plain-bytes.ts'
import { nativeSyntaxes, type TagName, tags } from './dicom-tags.ts'
import {
  type DicomElementPlace,
  type DicomElements,
  DicomFault,
  type ElementForm,
  looksExplicit,
  readElements,
  readFileMeta,
  readFirstItem,
  readFragments,
} from './read-elements.ts'

/** A parsed data set: values by keyword, and the place of the pixel data. */
export type DicomDataset = {
  /** How elements and pixels are written indeed, whatever the file declares. */
  readonly transferSyntaxUid: string
  /** The bytes that offsets count in: those of the file, or what inflating them gave. */
  readonly bytes: Uint8Array
  readonly text: (name: TagName) => string | undefined
  /** The value representation that the file says; undefined in implicit files. */
  readonly vr: (name: TagName) => string | undefined
  readonly uint16: (name: TagName, index?: number) => number | undefined
  readonly int16: (name: TagName, index?: number) => number | undefined
  /** Decimal strings (DS, IS) and binary numbers alike; binary ones need an explicit value representation. */
  readonly number: (name: TagName, index?: number) => number | undefined
  /** 16-bit words of a look-up table, at most 65536. */
  readonly words: (name: TagName) => Uint16Array | undefined
  /** The first item of a sequence; undefined where it has none. */
  readonly firstItem: (name: TagName) => DicomDataset | 'damaged' | undefined
  readonly pixelData: PixelElement | undefined
}

/** Most that a deflated data set may grow to: a film at the byte limit, with its header. */
const inflatedLimit = 80 * 1024 * 1024

/** Films grow to two to four times their bytes; what grows further is put together from pieces, which copies it. */
const inflatedTimes = 4
const inflatedPiece = 1024 * 1024

/** Most entries of a look-up table (PS3.3 C.11.1.1.1). */
const lutLimit = 65536

/** Where the data set of a Part 10 file begins, or that of one without its head. */
type Source = {
  readonly bytes: Uint8Array
  readonly start: number
  readonly declared: string | undefined
  readonly isDeflated: boolean
}

type Read = { readonly bytes: Uint8Array; readonly elements: DicomElements; readonly form: ElementForm }

/** The bytes of a value as Latin-1 text, without the padding of PS3.5 6.2. */
const textAt = (bytes: Uint8Array, { offset, length }: DicomElementPlace): string | undefined => {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset + offset, length).toString('latin1')
  const end = raw.indexOf('\0')
  const value = (end < 0 ? raw : raw.slice(0, end)).trim()
  return value === '' ? undefined : value
}

/** Longest text that is looked at; longer ones are no value of ours. */
const textLimit = 4096

const binaryWidths: Readonly<Record<string, number>> = { US: 2, SS: 2, FL: 4, FD: 8, UL: 4, SL: 4 }

/** A value of an element that holds at least so many of them. */
const numberAt = (read: Read, place: DicomElementPlace, vr: string, index: number): number | undefined => {
  const width = binaryWidths[vr] ?? 2
  if (place.length < width * (index + 1)) return undefined
  const view = viewOf(read.bytes)
  const { littleEndian } = read.form
  const at = place.offset + width * index
  if (vr === 'FD') return view.getFloat64(at, littleEndian)
  if (vr === 'FL') return view.getFloat32(at, littleEndian)
  if (vr === 'UL') return view.getUint32(at, littleEndian)
  if (vr === 'SL') return view.getInt32(at, littleEndian)
  return vr === 'SS' ? view.getInt16(at, littleEndian) : view.getUint16(at, littleEndian)
}

const wordsAt = (read: Read, { offset, length }: DicomElementPlace): Uint16Array => {
  const view = viewOf(read.bytes)
  const count = Math.min(lutLimit, length >> 1)
  const words = new Uint16Array(count)
  for (let index = 0; index < count; index += 1)
    words[index] = view.getUint16(offset + 2 * index, read.form.littleEndian)
  return words
}

const tagNumbers = new Map(
  Object.entries(tags).map(([name, tag]) => [name, Number.parseInt(tag.slice(1), 16)]),
)

const pixelElementOf = (read: Read, place: DicomElementPlace | undefined): PixelElement | undefined =>
  place && {
    offset: place.offset,
    length: place.length,
    vr: place.vr,
    fragments: place.isOpen ? readFragments(read.bytes, place, read.form) : undefined,
  }

const wrap = (read: Read, transferSyntaxUid: string): DicomDataset => {
  const placeOf = (name: TagName) => read.elements.get(tagNumbers.get(name) ?? -1)
  const binary = (name: TagName, vr: string, index = 0) => {
    const place = placeOf(name)
    return place && numberAt(read, place, vr, index)
  }
  const text = (name: TagName): string | undefined => {
    const place = placeOf(name)
    return place === undefined || place.length > textLimit ? undefined : textAt(read.bytes, place)
  }
  return {
    transferSyntaxUid,
    bytes: read.bytes,
    text,
    vr: (name) => placeOf(name)?.vr,
    uint16: (name, index) => binary(name, 'US', index),
    int16: (name, index) => binary(name, 'SS', index),
    number: (name, index = 0) => {
      const vr = placeOf(name)?.vr
      if (vr !== undefined && vr in binaryWidths) return binary(name, vr, index)
      const value = text(name)?.split('\\')[index]?.trim()
      const number = value === undefined || value === '' ? Number.NaN : Number(value)
      return Number.isFinite(number) ? number : undefined
    },
    words: (name) => {
      const place = placeOf(name)
      return place && wordsAt(read, place)
    },
    firstItem: (name) => {
      const place = placeOf(name)
      if (place === undefined) return undefined
      try {
        const item = readFirstItem(read.bytes, place, read.form)
        return item && wrap({ bytes: read.bytes, ...item }, transferSyntaxUid)
      } catch (error) {
        if (isFault(error)) return 'damaged'
        throw error
      }
    },
    pixelData: pixelElementOf(read, placeOf('pixelData')),
  }
}

/** A RangeError is a read beyond the end of the bytes. */
const isFault = (error: unknown): boolean => error instanceof DicomFault || error instanceof RangeError

const inflate = (bytes: Uint8Array, start: number): Uint8Array => {
  const deflated = bytes.subarray(start)
  const chunkSize = Math.min(inflatedLimit, Math.max(inflatedPiece, inflatedTimes * deflated.length))
  try {
    return plainBytes(inflateRawSync(deflated, { maxOutputLength: inflatedLimit, chunkSize }))
  } catch (error) {
    // Whatever zlib says of the bytes; it throws for nothing else.
    throw new DicomFault(`deflated: ${messageOf(error)}`)
  }
}

const hasMagic = (bytes: Uint8Array): boolean =>
  bytes[128] === 0x44 && bytes[129] === 0x49 && bytes[130] === 0x43 && bytes[131] === 0x4d

const metaGroup = (bytes: Uint8Array): boolean => bytes[0] === 2 && bytes[1] === 0 && looksExplicit(bytes, 0)

const sourceOf = (bytes: Uint8Array): Source => {
  const head = hasMagic(bytes) ? 132 : 0
  const hasMeta = head > 0 || metaGroup(bytes)
  if (!hasMeta) return { bytes, start: 0, declared: undefined, isDeflated: false }
  const { elements, next } = readFileMeta(bytes, head)
  const syntax = elements.get(tagNumbers.get('transferSyntaxUid') ?? -1)
  const declared = syntax && textAt(bytes, syntax)
  if (declared !== nativeSyntaxes.deflatedLittleEndian)
    return { bytes, start: next, declared, isDeflated: false }
  return { bytes: inflate(bytes, next), start: 0, declared, isDeflated: true }
}

/**
 * How the elements are written: the first one shows it, for files declare one thing and hold another. Only their
 * order of bytes is believed, and looked at where nothing is declared.
 */
const formOf = ({ bytes, start, declared }: Source): ElementForm => {
  const explicit = looksExplicit(bytes, start)
  if (declared !== undefined) return { explicit, littleEndian: declared !== nativeSyntaxes.explicitBigEndian }
  const isTurned = bytes[start] === 0 && bytes[start + 1] !== 0
  return { explicit, littleEndian: !isTurned }
}

const syntaxOf = ({ declared, isDeflated }: Source, { explicit, littleEndian }: ElementForm): string => {
  const isNative = declared === undefined || Object.values<string>(nativeSyntaxes).includes(declared)
  if (!isNative || isDeflated) return declared ?? nativeSyntaxes.deflatedLittleEndian
  if (!littleEndian) return nativeSyntaxes.explicitBigEndian
  return explicit ? nativeSyntaxes.explicitLittleEndian : nativeSyntaxes.implicitLittleEndian
}

const parse = (bytes: Uint8Array): DicomDataset => {
  const source = sourceOf(bytes)
  const form = formOf(source)
  const elements = readElements(source.bytes, source.start, form)
  if (elements.size === 0) throw new DicomFault('the file holds no element')
  return wrap({ bytes: source.bytes, elements, form }, syntaxOf(source, form))
}

/**
 * Whether bytes without the head of a Part 10 file may be a data set: it begins with group 0008 (or the meta
 * information with 0002), and its first length stays within the file.
 */
export const looksLikeDataset = (bytes: Uint8Array): boolean => {
  if (bytes.length < 16) return false
  if (metaGroup(bytes)) return true
  const isTurned = bytes[0] === 0
  const group = isTurned ? bytes[1] : bytes[0]
  if (group !== 8 || (isTurned ? bytes[0] : bytes[1]) !== 0) return false
  if (looksExplicit(bytes, 0)) return true
  return !isTurned && viewOf(bytes).getUint32(4, true) <= bytes.length - 8
}

/** Parses a DICOM file; the pixel data are found, not read. A file that breaks off or lies is FILE_CORRUPT. */
export const parseDicom = (bytes: Uint8Array): ImagingOutcome<DicomDataset> => {
  try {
    return ok(parse(plainBytes(bytes)))
  } catch (error) {
    if (!isFault(error)) throw error
    // Faults of the reader name tags and no values.
    const detail = error instanceof DicomFault ? error.message : 'the file ends within an element'
    return failed('FILE_CORRUPT', detail.slice(0, 120))
  }
}
