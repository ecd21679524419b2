import { createHash } from 'node:crypto'
import { failed, ok } from '../runtime/outcome.ts'
import { nativeSyntaxes } from './dicom-tags.ts'
import type { DicomPixels, FilmHeader, ImagingOutcome } from './film-header.ts'
import { parseDicom } from './parse-dicom.ts'
import { decodePicture } from './sharp-codec.ts'

/** The values of a film as the file stores them, rows × columns. */
export type DecodedFilm = {
  readonly header: FilmHeader
  readonly rows: number
  readonly columns: number
  readonly stored: Uint16Array | Int16Array
  /** SHA-256 of the stored values, little endian at their allocated width: the same for every lossless encoding. */
  readonly pixelHash: string
}

const hashOf = (stored: Uint16Array | Int16Array, bitsAllocated: number): string => {
  const bytes =
    bitsAllocated === 8
      ? Uint8Array.from(stored)
      : new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength)
  return createHash('sha256').update(bytes).digest('hex')
}

const isBigEndian = (pixels: DicomPixels): boolean =>
  pixels.transferSyntaxUid === nativeSyntaxes.explicitBigEndian

/** Words of the pixel data, whatever their order of bytes and their alignment in the file. */
const wordsOf = (bytes: Uint8Array, count: number, bitsAllocated: number, swap: boolean): Uint16Array => {
  if (bitsAllocated === 8) return Uint16Array.from(bytes.subarray(0, count))
  const copy = bytes.slice(0, count * 2)
  if (swap) Buffer.from(copy.buffer).swap16()
  return new Uint16Array(copy.buffer)
}

/** Cuts the stored bits out of each word: what else a word holds (overlays of old films) is no pixel. */
const maskStored = (words: Uint16Array, header: FilmHeader): Uint16Array | Int16Array => {
  const { bitsStored, highBit, signed } = header
  const shift = highBit + 1 - bitsStored
  const mask = bitsStored === 16 ? 0xffff : (1 << bitsStored) - 1
  if (!signed) {
    if (shift === 0 && mask === 0xffff) return words
    return words.map((word) => (word >> shift) & mask)
  }
  const unused = 32 - bitsStored
  return Int16Array.from(words, (word) => (((word >> shift) & mask) << unused) >> unused)
}

const decodeDicom = (
  bytes: Uint8Array,
  header: FilmHeader,
  pixels: DicomPixels,
): ImagingOutcome<DecodedFilm> => {
  const parsed = parseDicom(bytes)
  if (parsed.kind !== 'ok') return parsed
  const count = header.rows * header.columns
  const value = parsed.value.bytes.subarray(pixels.offset, pixels.offset + pixels.length)
  if (value.length < count * (header.bitsAllocated / 8))
    return failed('FILE_CORRUPT', 'the file ends within the pixel data')
  const stored = maskStored(wordsOf(value, count, header.bitsAllocated, isBigEndian(pixels)), header)
  return ok({
    header,
    rows: header.rows,
    columns: header.columns,
    stored,
    pixelHash: hashOf(stored, header.bitsAllocated),
  })
}

/** Decodes the film that a header was read from. It is for a worker: a large film takes tens of milliseconds. */
export const decodeFilm = async (
  bytes: Uint8Array,
  header: FilmHeader,
): Promise<ImagingOutcome<DecodedFilm>> => {
  if (header.dicom !== undefined) return decodeDicom(bytes, header, header.dicom)
  const decoded = await decodePicture(bytes, header.bitsAllocated)
  if (decoded.kind !== 'ok') return decoded
  const { rows, columns, values } = decoded.value
  if (rows !== header.rows || columns !== header.columns)
    return failed('FILE_CORRUPT', 'the picture is not of the size that it says')
  return ok({ header, rows, columns, stored: values, pixelHash: hashOf(values, header.bitsAllocated) })
}
