import { failed, ok } from '../runtime/outcome.ts'
import type { ImagingOutcome } from './film-header.ts'

const headerBytes = 64

/** Expands one PackBits segment (PS3.5 G.3.2) to `count` bytes, `stride` apart; true if it held exactly enough. */
const expand = (segment: Uint8Array, out: Uint8Array, place: { start: number; stride: number }): boolean => {
  const { start, stride } = place
  let at = 0
  let to = start
  while (at < segment.length && to < out.length) {
    const control = segment[at] ?? 0
    at += 1
    if (control === 128) continue
    if (control > 128) {
      const value = segment[at] ?? 0
      if (at >= segment.length) return false
      at += 1
      const end = to + (257 - control) * stride
      if (end > out.length + stride) return false
      for (; to < end; to += stride) out[to] = value
      continue
    }
    const end = at + control + 1
    if (end > segment.length) return false
    for (; at < end; at += 1, to += stride) out[to] = segment[at] ?? 0
  }
  return to >= out.length
}

/**
 * Decodes an RLE frame (PS3.5 annex G) to little-endian samples. A segment for each byte of a sample, the most
 * significant first; one that is cut off or does not fill the frame is FILE_CORRUPT.
 */
export const decodeRle = (
  bytes: Uint8Array,
  pixels: number,
  bytesPerSample: 1 | 2,
): ImagingOutcome<Uint8Array> => {
  if (bytes.length < headerBytes) return failed('FILE_CORRUPT', 'rle: no header')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const segments = view.getUint32(0, true)
  if (segments !== bytesPerSample) return failed('FILE_CORRUPT', `rle: ${segments} segments`)
  const out = new Uint8Array(pixels * bytesPerSample)
  for (let segment = 0; segment < segments; segment += 1) {
    const start = view.getUint32(4 + 4 * segment, true)
    const end = segment + 1 < segments ? view.getUint32(8 + 4 * segment, true) : bytes.length
    if (start < headerBytes || start > end || end > bytes.length)
      return failed('FILE_CORRUPT', 'rle: segments overlap or lie outside of the data')
    const place = { start: bytesPerSample - 1 - segment, stride: bytesPerSample }
    if (!expand(bytes.subarray(start, end), out, place))
      return failed('FILE_CORRUPT', 'rle: a segment does not fill the frame')
  }
  return ok(out)
}
