import { failed, ok } from '../../runtime/outcome.ts'
import type { ImagingOutcome } from '../film-header.ts'
import { viewOf } from '../plain-bytes.ts'

const headerBytes = 64

/**
 * Expands one PackBits segment (PS3.5 G.3.2) into every `step`-th byte from `start`; true if it held enough for all of
 * them and no run left them.
 */
const expand = (segment: Uint8Array, bytes: Uint8Array, start: number, step: number): boolean => {
  let at = 0
  let to = start
  while (at < segment.length && to < bytes.length) {
    const control = segment[at] ?? 0
    at += 1
    if (control === 128) continue
    const isRun = control > 128
    const count = isRun ? 257 - control : control + 1
    const end = to + count * step
    if (end >= bytes.length + step || at + (isRun ? 1 : count) > segment.length) return false
    if (isRun) {
      const value = segment[at] ?? 0
      for (at += 1; to < end; to += step) bytes[to] = value
    } else {
      for (; to < end; at += 1, to += step) bytes[to] = segment[at] ?? 0
    }
  }
  return to >= bytes.length
}

type RleFrame = { readonly pixels: number; readonly bytesPerSample: 1 | 2; readonly samples: 1 | 3 }

/**
 * Decodes an RLE frame (PS3.5 annex G) to samples of 8 or 16 bits, plane by plane where a pixel has several. A segment
 * for each byte of a sample, the most significant first; one that is cut off or does not fill the frame is FILE_CORRUPT.
 */
export const decodeRle = (
  bytes: Uint8Array,
  { pixels, bytesPerSample, samples }: RleFrame,
): ImagingOutcome<Uint16Array> => {
  if (bytes.length < headerBytes) return failed('FILE_CORRUPT', 'rle: no header')
  const view = viewOf(bytes)
  const segments = view.getUint32(0, true)
  if (segments !== bytesPerSample * samples) return failed('FILE_CORRUPT', `rle: ${segments} segments`)
  // Each segment fills its byte of every sample, little endian: joining planes takes as long as expanding them.
  const decoded = new Uint8Array(pixels * bytesPerSample * samples)
  for (let segment = 0; segment < segments; segment += 1) {
    const start = view.getUint32(4 + 4 * segment, true)
    const end = segment + 1 < segments ? view.getUint32(8 + 4 * segment, true) : bytes.length
    if (start < headerBytes || start > end || end > bytes.length)
      return failed('FILE_CORRUPT', 'rle: segments overlap or lie outside of the data')
    const sample = Math.floor(segment / bytesPerSample)
    const plane = decoded.subarray(sample * pixels * bytesPerSample, (sample + 1) * pixels * bytesPerSample)
    const byte = bytesPerSample - 1 - (segment % bytesPerSample)
    if (!expand(bytes.subarray(start, end), plane, byte, bytesPerSample))
      return failed('FILE_CORRUPT', 'rle: a segment does not fill the frame')
  }
  return ok(bytesPerSample === 1 ? new Uint16Array(decoded) : new Uint16Array(decoded.buffer))
}
