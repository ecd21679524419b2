import { inflateRawSync } from 'node:zlib'
import dicomParser, { type DataSet } from 'dicom-parser'
import { messageOf } from '../runtime/errors.ts'
import { failed, ok } from '../runtime/outcome.ts'
import { type TagName, tags } from './dicom-tags.ts'
import type { ImagingOutcome } from './film-header.ts'

/** A parsed data set: values by keyword, and the place of the pixel data. */
export type DicomDataset = {
  /** The bytes that offsets count in: those of the file, or what inflating them gave. */
  readonly bytes: Uint8Array
  readonly text: (name: TagName) => string | undefined
  /** Each value of an element with several, trimmed. */
  readonly texts: (name: TagName) => readonly string[]
  readonly uint16: (name: TagName) => number | undefined
  /** Decimal strings (DS, IS) and binary numbers alike. */
  readonly number: (name: TagName, index?: number) => number | undefined
  readonly pixelData: PixelElement | undefined
}

export type PixelElement = {
  readonly offset: number
  readonly length: number
  readonly isEncapsulated: boolean
}

/** Most that a deflated data set may grow to: a film at the byte limit, with its header. */
const inflatedLimit = 80 * 1024 * 1024

const trimmed = (text: string | undefined): string | undefined => {
  // Padding of PS3.5 6.2: spaces, and one NUL in UIDs.
  const value = text?.replace(/[\0 ]+$/g, '').trim()
  return value === undefined || value === '' ? undefined : value
}

const numberOf = (dataset: DataSet, tag: string, index: number): number | undefined => {
  const element = dataset.elements[tag]
  if (element === undefined || element.length === 0) return undefined
  if (element.vr === 'US') return dataset.uint16(tag, index)
  if (element.vr === 'SS') return dataset.int16(tag, index)
  if (element.vr === 'FD') return dataset.double(tag, index)
  if (element.vr === 'FL') return dataset.float(tag, index)
  const value = Number(trimmed(dataset.string(tag, index)) ?? Number.NaN)
  return Number.isFinite(value) ? value : undefined
}

const wrap = (dataset: DataSet): DicomDataset => {
  const pixel = dataset.elements[tags.pixelData]
  return {
    bytes: new Uint8Array(
      dataset.byteArray.buffer,
      dataset.byteArray.byteOffset,
      dataset.byteArray.byteLength,
    ),
    text: (name) => trimmed(dataset.string(tags[name])),
    texts: (name) => (trimmed(dataset.string(tags[name])) ?? '').split('\\').map((part) => part.trim()),
    uint16: (name) => (dataset.elements[tags[name]] === undefined ? undefined : dataset.uint16(tags[name])),
    number: (name, index = 0) => numberOf(dataset, tags[name], index),
    pixelData: pixel && {
      offset: pixel.dataOffset,
      length: pixel.length,
      isEncapsulated: pixel.encapsulatedPixelData === true,
    },
  }
}

const inflater = (bytes: Uint8Array, position: number): Uint8Array => {
  const inflated = inflateRawSync(bytes.subarray(position), { maxOutputLength: inflatedLimit })
  const whole = new Uint8Array(position + inflated.length)
  whole.set(bytes.subarray(0, position))
  whole.set(inflated, position)
  return whole
}

/** Parses a Part 10 file; the pixel data are found, not read. A file that breaks off or lies is FILE_CORRUPT. */
export const parseDicom = (bytes: Uint8Array): ImagingOutcome<DicomDataset> => {
  try {
    return ok(wrap(dicomParser.parseDicom(bytes, { inflater })))
  } catch (error) {
    // The library throws plain objects and errors for every kind of malformed file; its words name tags only.
    const detail =
      typeof error === 'object' && error !== null && 'exception' in error
        ? String(error.exception)
        : messageOf(error)
    return failed('FILE_CORRUPT', detail.slice(0, 120))
  }
}
