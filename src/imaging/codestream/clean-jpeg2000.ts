import { failed, ok } from '../../runtime/outcome.ts'
import type { ImagingOutcome } from '../film-header.ts'
import { viewOf } from '../plain-bytes.ts'

const size = 0xff51
const codingStyle = 0xff52
const componentStyle = 0xff53
const quantization = 0xff5c
const componentQuantization = 0xff5d
const region = 0xff5e
const progression = 0xff5f
const capabilities = 0xff50
const packedMain = 0xff60
const packedTile = 0xff61
const startOfTile = 0xff90
const startOfData = 0xff93
const endOfCodestream = 0xffd9

/** Most parts of tiles; writers make one for each tile, or one for each of its layers. */
const mostParts = 65_536

type Segment = { readonly marker: number; readonly content: Uint8Array }
type Part = {
  readonly tile: number
  readonly index: number
  readonly count: number
  readonly segments: readonly Segment[]
  readonly data: Uint8Array
}
type Codestream = { readonly main: readonly Segment[]; readonly parts: readonly Part[] }

/** Says what of a file is no codestream; thrown and caught in this file alone. */
class Fault extends Error {}

/** Reads segments until a marker that ends the header; returns where that stands. */
const readSegments = (bytes: Uint8Array, start: number, ends: readonly number[]) => {
  const view = viewOf(bytes)
  const segments: Segment[] = []
  for (let at = start; ; ) {
    const marker = view.getUint16(at)
    if (ends.includes(marker)) return { segments, at }
    const length = view.getUint16(at + 2)
    if (marker < 0xff01 || marker === endOfCodestream || length < 2 || at + 2 + length > bytes.length)
      throw new Fault('a JPEG 2000 segment cannot be read')
    segments.push({ marker, content: bytes.subarray(at + 4, at + 2 + length) })
    at += 2 + length
  }
}

const endMarker = Buffer.from([0xff, 0xd9])

/** Where the data of a part end that leaves its length open: coded data never hold the end marker (T.800, B.10.1). */
const openEnd = (bytes: Uint8Array, start: number): number => {
  const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(endMarker, start)
  if (end < 0) throw new Fault('the JPEG 2000 codestream has no end')
  return end
}

const readPart = (bytes: Uint8Array, at: number): { part: Part; next: number } => {
  const view = viewOf(bytes)
  if (view.getUint16(at + 2) !== 10) throw new Fault('a JPEG 2000 tile has no possible head')
  const length = view.getUint32(at + 6)
  const header = readSegments(bytes, at + 12, [startOfData])
  const start = header.at + 2
  const next = length === 0 ? openEnd(bytes, start) : at + length
  if (next < start || next > bytes.length)
    throw new Fault('a JPEG 2000 tile does not fit into the codestream')
  const part = {
    tile: view.getUint16(at + 4),
    index: view.getUint8(at + 10),
    count: view.getUint8(at + 11),
    segments: header.segments,
    data: bytes.subarray(start, next),
  }
  return { part, next }
}

const readCodestream = (bytes: Uint8Array, start: number): Codestream => {
  const view = viewOf(bytes)
  const main = readSegments(bytes, start + 2, [startOfTile])
  const parts: Part[] = []
  let at = main.at
  while (view.getUint16(at) === startOfTile) {
    if (parts.length === mostParts) throw new Fault('the JPEG 2000 codestream has too many parts')
    const { part, next } = readPart(bytes, at)
    parts.push(part)
    at = next
  }
  if (view.getUint16(at) !== endOfCodestream) throw new Fault('the JPEG 2000 codestream has no end')
  return { main: main.segments, parts }
}

/** What of the segments tells how long others are. */
type Shape = { readonly components: number; readonly levels: number }

const shapeOf = ({ main, parts }: Codestream): Shape => {
  const all = [...main, ...parts.flatMap(({ segments }) => segments)]
  const siz = main.find(({ marker }) => marker === size)?.content ?? new Uint8Array()
  const components = siz.length < 36 ? 0 : viewOf(siz).getUint16(34)
  const wide = components < 257 ? 1 : 2
  const levels = all.map(({ marker, content }) => {
    if (marker === codingStyle) return content[5] ?? 0
    return marker === componentStyle ? (content[wide + 1] ?? 0) : 0
  })
  return { components, levels: Math.max(0, ...levels) }
}

/** How many bytes of a quantization are steps of sub-bands (T.800, A.6.4); what is behind them is none. */
const quantizationLength = (content: Uint8Array, at: number, { levels }: Shape): number => {
  const style = (content[at] ?? 0) & 31
  const bands = 3 * levels + 1
  if (style === 0) return at + 1 + bands
  return style === 1 ? at + 3 : at + 1 + 2 * bands
}

const bitsOf = (word: number): number => word.toString(2).replaceAll('0', '').length

/**
 * How many bytes of a segment's content a decoder reads; undefined for segments that none needs: comments, lengths that
 * can be counted, registration, and whatever is not known.
 */
const usedLength = ({ marker, content }: Segment, shape: Shape): number | undefined => {
  const wide = shape.components < 257 ? 1 : 2
  switch (marker) {
    case size:
      return 36 + 3 * shape.components
    case capabilities:
      return content.length < 4 ? undefined : 4 + 2 * bitsOf(viewOf(content).getUint32(0))
    case codingStyle:
      return 10 + ((content[0] ?? 0) & 1 ? (content[5] ?? 0) + 1 : 0)
    case componentStyle:
      return wide + 6 + ((content[wide] ?? 0) & 1 ? (content[wide + 1] ?? 0) + 1 : 0)
    case quantization:
      return quantizationLength(content, 0, shape)
    case componentQuantization:
      return quantizationLength(content, wide, shape)
    case region:
      return wide + 2
    case progression:
      return content.length - (content.length % (5 + 2 * wide))
    case packedMain:
    case packedTile:
      return content.length
    default:
      return undefined
  }
}

const writeSegments = (segments: readonly Segment[], shape: Shape): Uint8Array[] =>
  segments.flatMap((segment) => {
    const used = usedLength(segment, shape)
    if (used === undefined) return []
    const content = segment.content.subarray(0, used)
    const head = Buffer.alloc(4)
    head.writeUInt16BE(segment.marker, 0)
    head.writeUInt16BE(content.length + 2, 2)
    return [head, content]
  })

const lengthOf = (pieces: readonly Uint8Array[]): number =>
  pieces.reduce((sum, piece) => sum + piece.length, 0)

const writePart = ({ tile, index, count, segments, data }: Part, shape: Shape): Uint8Array[] => {
  const kept = writeSegments(segments, shape)
  const head = Buffer.alloc(12)
  head.writeUInt16BE(startOfTile, 0)
  head.writeUInt16BE(10, 2)
  head.writeUInt16BE(tile, 4)
  head.writeUInt32BE(14 + lengthOf(kept) + data.length, 6)
  head.writeUInt8(index, 10)
  head.writeUInt8(count, 11)
  return [head, ...kept, Buffer.from([startOfData >> 8, startOfData & 0xff]), data]
}

/** Start of codestream and SIZ, which a JP2 file holds in a box (T.800, A.4.1 and A.5.1). */
const codestreamStart = Buffer.from([0xff, 0x4f, 0xff, 0x51])

/** Boxes of a JP2 file before its codestream are few and short. */
const searchedBytes = 64 * 1024

/** Where the codestream begins; below 0 where there is none. */
export const findCodestream = (bytes: Uint8Array): number =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, searchedBytes)).indexOf(codestreamStart)

/**
 * Builds a JPEG 2000 codestream anew, of part 1 or part 15 (ITU T.800, T.814), from the segments that a decoder needs and
 * the data of its tiles. Comments, unknown segments, boxes around it and what follows its end go.
 */
export const cleanJpeg2000 = (bytes: Uint8Array): ImagingOutcome<Uint8Array> => {
  const start = findCodestream(bytes)
  if (start < 0) return failed('FILE_CORRUPT', 'no JPEG 2000 codestream')
  try {
    const codestream = readCodestream(bytes, start)
    const shape = shapeOf(codestream)
    const pieces = [
      codestreamStart.subarray(0, 2),
      ...writeSegments(codestream.main, shape),
      ...codestream.parts.flatMap((part) => writePart(part, shape)),
      endMarker,
    ]
    return ok(new Uint8Array(Buffer.concat(pieces)))
  } catch (error) {
    // A RangeError is a read beyond the end of the bytes.
    if (error instanceof RangeError) return failed('FILE_CORRUPT', 'the JPEG 2000 codestream breaks off')
    if (error instanceof Fault) return failed('FILE_CORRUPT', error.message)
    throw error
  }
}
