import { inflateRawSync } from 'node:zlib'
import dicomParser, { type DataSet, type Element } from 'dicom-parser'
import { messageOf } from '../../runtime/errors.ts'
import { failed, ok } from '../../runtime/outcome.ts'
import type { ImagingOutcome, PixelElement } from '../film-header.ts'
import { plainBytes } from '../plain-bytes.ts'
import { nativeSyntaxes, type TagName, tags } from './dicom-tags.ts'

/** A parsed data set: values by keyword, and the place of the pixel data. */
export type DicomDataset = {
  readonly transferSyntaxUid: string
  /** The bytes that offsets count in: those of the file, or what inflating them gave. */
  readonly bytes: Uint8Array
  readonly text: (name: TagName) => string | undefined
  readonly uint16: (name: TagName, index?: number) => number | undefined
  readonly int16: (name: TagName, index?: number) => number | undefined
  /** Decimal strings (DS, IS) and binary numbers alike; binary ones need an explicit value representation. */
  readonly number: (name: TagName, index?: number) => number | undefined
  /** 16-bit words of a look-up table, at most 65536. */
  readonly words: (name: TagName) => Uint16Array | undefined
  /** The first item of a sequence. */
  readonly firstItem: (name: TagName) => DicomDataset | undefined
  readonly pixelData: PixelElement | undefined
}

/** Most that a deflated data set may grow to: a film at the byte limit, with its header. */
const inflatedLimit = 80 * 1024 * 1024

/** Films grow to two to four times their bytes; what grows further is put together from pieces, which copies it. */
const inflatedTimes = 4
const inflatedPiece = 1024 * 1024

/** Most entries of a look-up table (PS3.3 C.11.1.1.1). */
const lutLimit = 65536

const trimmed = (text: string | undefined): string | undefined => {
  // Padding of PS3.5 6.2: spaces, and one NUL in UIDs.
  const value = text?.replace(/[\0 ]+$/g, '').trim()
  return value === undefined || value === '' ? undefined : value
}

/** An element that holds at least so many bytes; the parser itself would read on into the next one. */
const holding = (dataset: DataSet, tag: string, bytes: number): Element | undefined => {
  const element = dataset.elements[tag]
  return element !== undefined && element.length >= bytes ? element : undefined
}

const uint16Of = (dataset: DataSet, tag: string, index = 0): number | undefined =>
  holding(dataset, tag, 2 * (index + 1)) && dataset.uint16(tag, index)

const int16Of = (dataset: DataSet, tag: string, index = 0): number | undefined =>
  holding(dataset, tag, 2 * (index + 1)) && dataset.int16(tag, index)

const numberOf = (dataset: DataSet, tag: string, index: number): number | undefined => {
  const vr = dataset.elements[tag]?.vr
  if (vr === 'US') return uint16Of(dataset, tag, index)
  if (vr === 'SS') return int16Of(dataset, tag, index)
  if (vr === 'FD') return holding(dataset, tag, 8 * (index + 1)) && dataset.double(tag, index)
  if (vr === 'FL') return holding(dataset, tag, 4 * (index + 1)) && dataset.float(tag, index)
  const value = Number(trimmed(dataset.string(tag, index)) ?? Number.NaN)
  return Number.isFinite(value) ? value : undefined
}

const wordsOf = (dataset: DataSet, tag: string): Uint16Array | undefined => {
  const element = dataset.elements[tag]
  if (element === undefined) return undefined
  const length = Math.min(lutLimit, element.length >> 1)
  return Uint16Array.from({ length }, (_, index) => dataset.uint16(tag, index) ?? 0)
}

const pixelElementOf = (element: Element | undefined): PixelElement | undefined =>
  element && {
    offset: element.dataOffset,
    length: element.length,
    vr: element.vr,
    fragments:
      element.encapsulatedPixelData === true
        ? (element.fragments ?? []).map(({ position, length }) => ({ offset: position, length }))
        : undefined,
  }

const wrap = (dataset: DataSet, transferSyntaxUid: string): DicomDataset => ({
  transferSyntaxUid,
  bytes: new Uint8Array(dataset.byteArray.buffer, dataset.byteArray.byteOffset, dataset.byteArray.byteLength),
  text: (name) => trimmed(dataset.string(tags[name])),
  uint16: (name, index) => uint16Of(dataset, tags[name], index),
  int16: (name, index) => int16Of(dataset, tags[name], index),
  number: (name, index = 0) => numberOf(dataset, tags[name], index),
  words: (name) => wordsOf(dataset, tags[name]),
  firstItem: (name) => {
    const item = dataset.elements[tags[name]]?.items?.[0]?.dataSet
    return item && wrap(item, transferSyntaxUid)
  },
  pixelData: pixelElementOf(dataset.elements[tags.pixelData]),
})

/** The library only warns where encapsulated pixel data break off. */
const breaksOff = (dataset: DataSet): boolean =>
  dataset.warnings.some((warning) => warning.includes('pixel data element'))

// The library starts at offset 0 of what this answers, so that must be the data set alone, without the file's
// head in front (which it adds when it inflates by itself, and then it is lost in some files).
const inflater = (bytes: Uint8Array, position: number): Uint8Array => {
  const deflated = bytes.subarray(position)
  const chunkSize = Math.min(inflatedLimit, Math.max(inflatedPiece, inflatedTimes * deflated.length))
  return plainBytes(inflateRawSync(deflated, { maxOutputLength: inflatedLimit, chunkSize }))
}

const parse = (bytes: Uint8Array): DicomDataset | undefined => {
  let isDeflated = false
  const dataset = dicomParser.parseDicom(bytes, {
    inflater: (whole, position) => {
      isDeflated = true
      return inflater(whole, position)
    },
  })
  if (breaksOff(dataset)) return undefined
  // Elements of the file's head have no meaning in inflated bytes.
  const stated = isDeflated
    ? nativeSyntaxes.deflatedLittleEndian
    : trimmed(dataset.string(tags.transferSyntaxUid))
  return wrap(dataset, stated ?? nativeSyntaxes.implicitLittleEndian)
}

/** Parses a Part 10 file; the pixel data are found, not read. A file that breaks off or lies is FILE_CORRUPT. */
export const parseDicom = (bytes: Uint8Array): ImagingOutcome<DicomDataset> => {
  try {
    const dataset = parse(bytes)
    return dataset === undefined ? failed('FILE_CORRUPT', 'the file ends within the pixel data') : ok(dataset)
  } catch (error) {
    // The library throws plain objects and errors for every kind of malformed file; its words name tags only.
    const detail =
      typeof error === 'object' && error !== null && 'exception' in error
        ? String(error.exception)
        : messageOf(error)
    return failed('FILE_CORRUPT', detail.slice(0, 120))
  }
}
