import { failed, ok } from '../runtime/outcome.ts'
import type { ImagingOutcome } from './film-header.ts'

const headerBytes = 64

/** Expands one PackBits segment (PS3.5 G.3.2); true if it held enough for the whole plane and no run left it. */
const expand = (segment: Uint8Array, plane: Uint8Array): boolean => {
  let at = 0
  let to = 0
  while (at < segment.length && to < plane.length) {
    const control = segment[at] ?? 0
    at += 1
    if (control === 128) continue
    const isRun = control > 128
    const end = to + (isRun ? 257 - control : control + 1)
    if (end > plane.length || at + (isRun ? 1 : end - to) > segment.length) return false
    if (isRun) {
      plane.fill(segment[at] ?? 0, to, end)
      at += 1
      to = end
    } else {
      for (; to < end; at += 1, to += 1) plane[to] = segment[at] ?? 0
    }
  }
  return to === plane.length
}

const joinPlanes = (high: Uint8Array, low: Uint8Array): Uint16Array => {
  const words = new Uint16Array(low.length)
  for (let index = 0; index < words.length; index += 1)
    words[index] = ((high[index] ?? 0) << 8) | (low[index] ?? 0)
  return words
}

/**
 * Decodes an RLE frame (PS3.5 annex G) to samples of 8 or 16 bits. A segment for each byte of a sample, the most
 * significant first; one that is cut off or does not fill the frame is FILE_CORRUPT.
 */
export const decodeRle = (
  bytes: Uint8Array,
  pixels: number,
  bytesPerSample: 1 | 2,
): ImagingOutcome<Uint16Array> => {
  if (bytes.length < headerBytes) return failed('FILE_CORRUPT', 'rle: no header')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const segments = view.getUint32(0, true)
  if (segments !== bytesPerSample) return failed('FILE_CORRUPT', `rle: ${segments} segments`)
  const planes: Uint8Array[] = []
  for (let segment = 0; segment < segments; segment += 1) {
    const start = view.getUint32(4 + 4 * segment, true)
    const end = segment + 1 < segments ? view.getUint32(8 + 4 * segment, true) : bytes.length
    if (start < headerBytes || start > end || end > bytes.length)
      return failed('FILE_CORRUPT', 'rle: segments overlap or lie outside of the data')
    const plane = new Uint8Array(pixels)
    if (!expand(bytes.subarray(start, end), plane))
      return failed('FILE_CORRUPT', 'rle: a segment does not fill the frame')
    planes.push(plane)
  }
  const [first = new Uint8Array(), second] = planes
  return ok(second === undefined ? new Uint16Array(first) : joinPlanes(first, second))
}
