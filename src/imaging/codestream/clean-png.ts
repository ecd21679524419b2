import { crc32, inflateSync } from 'node:zlib'
import { z } from 'zod'
import { failed, ok, rejected } from '../../runtime/outcome.ts'
import type { ImagingOutcome } from '../film-header.ts'
import { viewOf } from '../plain-bytes.ts'
import { type Orientation, readOrientation, writeOrientation } from './exif-orientation.ts'

type Chunk = { readonly type: string; readonly content: Uint8Array }

const signatureBytes = 8

/** The chunks of a PNG up to its end, or to its first pixels; undefined where it breaks off. */
export const pngChunks = (bytes: Uint8Array, untilPixels = false): readonly Chunk[] | undefined => {
  const view = viewOf(bytes)
  const chunks: Chunk[] = []
  for (let at = signatureBytes; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at)
    if (at + 12 + length > bytes.length) return undefined
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (type === 'IEND' || (untilPixels && type === 'IDAT')) return chunks
    chunks.push({ type, content: bytes.subarray(at + 8, at + 8 + length) })
    at += 12 + length
  }
  return undefined
}

/** Says how a PNG is to be turned. */
export const pngOrientation = (bytes: Uint8Array): Orientation => {
  const exif = pngChunks(bytes, true)?.find(({ type }) => type === 'eXIf')
  return exif === undefined ? 1 : readOrientation(exif.content)
}

/** Samples a pixel by colour type (PNG specification, 11.2.2). */
const samplesByType: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/** Where each pass of an interlaced picture begins, and its steps; all at once where it is not interlaced. */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const
const atOnce = [[0, 0, 1, 1]] as const

type Header = {
  readonly columns: number
  readonly rows: number
  readonly depth: number
  readonly type: number
  readonly isInterlaced: boolean
}

const headerOf = (content: Uint8Array): Header => {
  const view = viewOf(content)
  return {
    columns: view.getUint32(0),
    rows: view.getUint32(4),
    depth: view.getUint8(8),
    type: view.getUint8(9),
    isInterlaced: view.getUint8(12) === 1,
  }
}

/** Bytes of the scan lines, each with its filter's byte. */
const inflatedBytes = ({ columns, rows, depth, type, isInterlaced }: Header): number => {
  const bits = depth * (samplesByType[type] ?? 0)
  const passes = isInterlaced ? adam7 : atOnce
  return passes.reduce((sum, [x, y, stepX, stepY]) => {
    const [width, height] = [Math.ceil((columns - x) / stepX), Math.ceil((rows - y) / stepY)]
    return width <= 0 || height <= 0 ? sum : sum + height * (1 + Math.ceil((width * bits) / 8))
  }, 0)
}

/** Most that the pixels of a film are inflated to: 40 million of 16 bits, with room. */
const inflatedLimit = 160 * 1024 * 1024

/** The zlib stream of the pixels without what is appended to it; undefined where it is not one of just these pixels. */
const pixelStream = (parts: readonly Uint8Array[], expected: number): Uint8Array | undefined => {
  const stream = Buffer.concat(parts)
  try {
    const { buffer, engine } = inflateWithCount(stream, expected)
    return buffer.length === expected ? stream.subarray(0, engine.bytesWritten) : undefined
  } catch (error) {
    if (error instanceof z.ZodError) throw error
    // Whatever zlib says of damaged or longer data.
    return undefined
  }
}

/** What Node answers when it is asked for `info`, which its types do not say. */
const inflatedSchema = z.object({
  buffer: z.instanceof(Uint8Array),
  engine: z.object({ bytesWritten: z.number() }),
})

const inflateWithCount = (stream: Buffer, expected: number) =>
  inflatedSchema.parse(
    inflateSync(stream, { info: true, maxOutputLength: expected, chunkSize: Math.max(1024, expected) }),
  )

const chunk = (type: string, content: Uint8Array): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(content.length, 0)
  framed.set(body, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}

const palette = 3
const paletteTolerance = 12

const isGreyPalette = (content: Uint8Array): boolean => {
  for (let at = 0; at + 2 < content.length; at += 3) {
    const [red = 0, green = 0, blue = 0] = content.subarray(at, at + 3)
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > paletteTolerance) return false
  }
  return content.length % 3 === 0 && content.length <= 768
}

/**
 * Builds a PNG anew from its size, its grey palette, its pixels and how it is to be turned (PNG specification, 5 and 11).
 * Every other chunk goes, and what is appended to the pixels' stream or behind the end.
 */
export const cleanPng = (bytes: Uint8Array): ImagingOutcome<Uint8Array> => {
  const chunks = pngChunks(bytes)
  if (chunks === undefined) return failed('FILE_CORRUPT', 'the PNG ends within a chunk')
  const [first] = chunks
  if (first?.type !== 'IHDR' || first.content.length !== 13)
    return failed('FILE_CORRUPT', 'the PNG has no header')
  const header = headerOf(first.content)
  const colours = chunks.find(({ type }) => type === 'PLTE')?.content
  const hasPalette = header.type === palette
  if (hasPalette && (colours === undefined || !isGreyPalette(colours)))
    return rejected('COLOUR_PHOTOGRAPH', 'a palette that is not grey')
  const expected = inflatedBytes(header)
  if (expected > inflatedLimit) return rejected('TOO_MANY_PIXELS', `${expected} bytes of pixels`)
  const parts = chunks.filter(({ type }) => type === 'IDAT').map(({ content }) => content)
  const pixels = pixelStream(parts, expected)
  if (pixels === undefined)
    return failed('FILE_CORRUPT', 'the pixel data of the PNG are not those of its size')
  const orientation = pngOrientation(bytes)
  return ok(
    new Uint8Array(
      Buffer.concat([
        bytes.subarray(0, signatureBytes),
        chunk('IHDR', first.content),
        ...(hasPalette && colours !== undefined ? [chunk('PLTE', colours)] : []),
        ...(orientation === 1 ? [] : [chunk('eXIf', writeOrientation(orientation))]),
        chunk('IDAT', pixels),
        chunk('IEND', new Uint8Array()),
      ]),
    ),
  )
}
