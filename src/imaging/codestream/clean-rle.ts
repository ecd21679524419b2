import { failed, ok } from '../../runtime/outcome.ts'
import type { ImagingOutcome } from '../film-header.ts'
import { viewOf } from '../plain-bytes.ts'

const headerBytes = 64

/** Most segments of a frame (PS3.5 G.2). */
const mostSegments = 15

/** How many bytes of a PackBits segment fill so many bytes; undefined where it does not fill them. */
const usedBytes = (segment: Uint8Array, pixels: number): number | undefined => {
  let at = 0
  let filled = 0
  while (at < segment.length && filled < pixels) {
    const control = segment[at] ?? 0
    at += 1
    if (control === 128) continue
    const isRun = control > 128
    filled += isRun ? 257 - control : control + 1
    at += isRun ? 1 : control + 1
  }
  return filled === pixels && at <= segment.length ? at : undefined
}

/**
 * Builds an RLE frame anew from what its segments need to fill the frame (PS3.5 annex G): what stands in the unused
 * words of its header, between segments and behind them goes. A segment more than a pixel has bytes could be a picture of text.
 */
export const cleanRle = (bytes: Uint8Array, pixels: number, planes: number): ImagingOutcome<Uint8Array> => {
  if (bytes.length < headerBytes) return failed('FILE_CORRUPT', 'rle: no header')
  const view = viewOf(bytes)
  const count = view.getUint32(0, true)
  if (count !== planes || count > mostSegments) return failed('FILE_CORRUPT', `rle: ${count} segments`)
  const header = Buffer.alloc(headerBytes)
  header.writeUInt32LE(count, 0)
  const kept: Uint8Array[] = [header]
  let length = headerBytes
  for (let segment = 0; segment < count; segment += 1) {
    const start = view.getUint32(4 + 4 * segment, true)
    const end = segment + 1 < count ? view.getUint32(8 + 4 * segment, true) : bytes.length
    if (start < headerBytes || start > end || end > bytes.length)
      return failed('FILE_CORRUPT', 'rle: segments overlap or lie outside of the data')
    const used = usedBytes(bytes.subarray(start, end), pixels)
    if (used === undefined) return failed('FILE_CORRUPT', 'rle: a segment does not fill the frame')
    header.writeUInt32LE(length, 4 + 4 * segment)
    kept.push(bytes.subarray(start, start + used), new Uint8Array(used % 2))
    length += used + (used % 2)
  }
  return ok(new Uint8Array(Buffer.concat(kept, length)))
}
