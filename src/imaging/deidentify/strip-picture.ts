import { failed, ok } from '../../runtime/outcome.ts'
import type { ImagingOutcome } from '../film-header.ts'

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Chunks that pixels need; text, times, EXIF and private ones go. */
const pngChunks = ['IHDR', 'PLTE', 'tRNS', 'sBIT', 'gAMA', 'IDAT', 'IEND']

/** Keeps of a PNG what its pixels need (PNG specification, 5 and 11). */
export const stripPng = (bytes: Uint8Array): ImagingOutcome<Uint8Array> => {
  const view = viewOf(bytes)
  const kept: Uint8Array[] = [bytes.subarray(0, 8)]
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at)
    const end = at + 12 + length
    if (end > bytes.length) break
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (pngChunks.includes(type)) kept.push(bytes.subarray(at, end))
    if (type === 'IEND') return ok(new Uint8Array(Buffer.concat(kept)))
    at = end
  }
  return failed('FILE_CORRUPT', 'the PNG ends within a chunk')
}

/** JFIF and Adobe's colour transform are needed to read the values; every other application segment goes. */
const isKept = (marker: number): boolean =>
  marker === 0xe0 || marker === 0xee || !((marker >= 0xe0 && marker <= 0xef) || marker === 0xfe)

/** What of a kept application segment its readers need: a thumbnail may follow in it. */
const usefulLength = (marker: number, length: number): number => {
  if (marker === 0xe0) return Math.min(length, 16)
  return marker === 0xee ? Math.min(length, 14) : length
}

const segment = (bytes: Uint8Array, at: number, marker: number, length: number): Uint8Array => {
  const useful = usefulLength(marker, length)
  const copy = bytes.slice(at, at + 2 + useful)
  if (useful !== length) viewOf(copy).setUint16(2, useful)
  // A JFIF thumbnail is cut off: its size becomes nothing.
  if (marker === 0xe0 && useful === 16) copy.fill(0, 16, 18)
  return copy
}

/** Where the coded data of a scan end: at the first marker that is neither a stuffed byte nor a restart. */
const scanEnd = (bytes: Uint8Array, start: number): number => {
  for (let at = start; at + 1 < bytes.length; at += 1) {
    const next = bytes[at + 1] ?? 0
    if (bytes[at] === 0xff && next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at
  }
  return bytes.length
}

/**
 * Keeps of a JPEG what its values need (ITU T.81, B.1.1); the coded data stay as they are, and what is appended
 * behind the end goes.
 */
export const stripJpeg = (bytes: Uint8Array): ImagingOutcome<Uint8Array> => {
  const view = viewOf(bytes)
  const kept: Uint8Array[] = [bytes.subarray(0, 2)]
  let at = 2
  while (at + 4 <= bytes.length) {
    const marker = bytes[at + 1] ?? 0
    if (bytes[at] !== 0xff) return failed('FILE_CORRUPT', 'a JPEG marker is missing')
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (marker === 0xd9) break
    const length = view.getUint16(at + 2)
    const isScan = marker === 0xda
    const next = isScan ? scanEnd(bytes, at + 2 + length) : at + 2 + length
    if (next >= bytes.length) return failed('FILE_CORRUPT', 'the JPEG ends within a segment')
    if (isScan) kept.push(bytes.subarray(at, next))
    else if (isKept(marker)) kept.push(segment(bytes, at, marker, length))
    at = next
  }
  if (bytes[at] !== 0xff || bytes[at + 1] !== 0xd9) return failed('FILE_CORRUPT', 'the JPEG has no end')
  return ok(new Uint8Array(Buffer.concat([...kept, bytes.subarray(at, at + 2)])))
}
