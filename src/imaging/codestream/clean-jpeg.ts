import { failed, ok } from '../../runtime/outcome.ts'
import type { ImagingOutcome } from '../film-header.ts'
import { viewOf } from '../plain-bytes.ts'
import { exifContent, exifOf, type Orientation, readOrientation } from './exif-orientation.ts'
import {
  endOfImage,
  type JpegSegment,
  jpegLsFrame,
  jpegSegments,
  startOfImage,
  startOfScan,
} from './jpeg-segments.ts'
import { huffmanTables, type JpegTables, quantizationTables, segmentOf } from './jpeg-tables.ts'
import { type FrameCoding, type FrameComponent, type ScanHead, trimScan } from './trim-scan.ts'

/** Frames that are read: sequential, progressive and lossless by Huffman's codes, and JPEG-LS. */
const frameMarkers = [0xc0, 0xc1, 0xc2, 0xc3, jpegLsFrame]
/** Differential and arithmetic frames and what belongs to them: no decoder here reads them. */
const unreadMarkers = [0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcc, 0xcd, 0xce, 0xcf, 0xde, 0xdf]
const huffmanSequential = [0xc0, 0xc1]
const progressive = 0xc2
const lossless = 0xc3
const huffman = 0xc4
const quantization = 0xdb
const restart = 0xdd
const presets = 0xf8

type Component = FrameComponent & { readonly quantization: number }
type Frame = {
  readonly marker: number
  readonly content: Uint8Array
  readonly components: readonly Component[]
  readonly coding: FrameCoding
}

/** Most scans of a progressive JPEG; writers make ten or so, and each is passed over. */
const mostScans = 100

/** What is known of the JPEG so far, and what of it is kept. */
type Rebuilt = {
  readonly kept: Uint8Array[]
  /** Tables that no scan has asked for yet, as the segments that hold them. */
  readonly tables: Map<string, Uint8Array>
  /** Tables as they hold now, whoever has asked for them. */
  readonly current: Map<string, Uint8Array>
  /** Components whose scan has been read; a progressive one has several. */
  readonly seen: Set<number>
  frame: Frame | undefined
  scans: number
}

const latin1 = (content: Uint8Array, length: number): string =>
  Buffer.from(content.subarray(0, length)).toString('latin1')

/** What of an application segment a decoder needs to tell colours, made anew from its value. */
const colourSegment = ({ marker, content }: JpegSegment): Uint8Array[] => {
  if (marker === 0xe0 && latin1(content, 5) === 'JFIF\0')
    return [segmentOf(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1'))]
  const transform = content[11] ?? 255
  if (marker === 0xee && latin1(content, 5) === 'Adobe' && transform <= 2)
    return [segmentOf(0xee, Buffer.from('Adobe\0\x64\0\0\0\0', 'latin1'), Uint8Array.of(transform))]
  // Hewlett-Packard's colour transforms of JPEG-LS.
  const hp = content[4] ?? 255
  if (marker === 0xe8 && content.length === 5 && latin1(content, 4) === 'mrfx' && hp <= 3)
    return [segmentOf(0xe8, Buffer.from('mrfx', 'latin1'), Uint8Array.of(hp))]
  return []
}

const codingKindOf = (marker: number): FrameCoding['kind'] => {
  if (huffmanSequential.includes(marker)) return 'sequential'
  if (marker === progressive) return 'progressive'
  return marker === lossless ? 'lossless' : 'other'
}

const frameOf = ({ marker, content }: JpegSegment): Frame | undefined => {
  const count = content[5] ?? 0
  if (count < 1 || count > 4 || content.length !== 6 + 3 * count) return undefined
  const components = Array.from({ length: count }, (_, index) => ({
    id: content[6 + 3 * index] ?? 0,
    across: (content[7 + 3 * index] ?? 0) >> 4,
    down: (content[7 + 3 * index] ?? 0) & 15,
    quantization: content[8 + 3 * index] ?? 0,
    coefficients: new Map(),
  }))
  const [rows, columns] = [viewOf(content).getUint16(1), viewOf(content).getUint16(3)]
  return { marker, content, components, coding: { kind: codingKindOf(marker), rows, columns, components } }
}

/** The coding tables that a component of a scan asks for. */
const codingTables = ({ marker }: Frame, tables: number, firstCoefficient: number): string[] => {
  const [dc, ac] = [`dc${tables >> 4}`, `ac${tables & 15}`]
  if (marker === jpegLsFrame) return []
  if (marker === lossless) return [dc]
  if (marker === progressive) return [firstCoefficient === 0 ? dc : ac]
  return [dc, ac]
}

type Scan = ScanHead & { readonly firstCoefficient: number }

const scanOf = ({ content }: JpegSegment): Scan | undefined => {
  const count = content[0] ?? 0
  if (count < 1 || count > 4 || content.length !== 4 + 2 * count) return undefined
  const parts = Array.from({ length: count }, (_, index) => ({
    id: content[1 + 2 * index] ?? 0,
    tables: content[2 + 2 * index] ?? 0,
  }))
  const [first, last, steps] = content.subarray(1 + 2 * count)
  const span = { first: first ?? 0, last: Math.min(last ?? 0, 63), isRefinement: (steps ?? 0) >> 4 !== 0 }
  return { parts, firstCoefficient: span.first, span }
}

const neededBy = (frame: Frame, { parts, firstCoefficient }: Scan): ReadonlySet<string> => {
  const isDct = frame.marker !== jpegLsFrame && frame.marker !== lossless
  const names = parts.flatMap(({ id, tables }) => {
    const found = frame.components.find((component) => component.id === id)
    const own = isDct ? [`q${found?.quantization ?? 0}`] : []
    return [...own, ...codingTables(frame, tables, firstCoefficient)]
  })
  return new Set(['restart', 'presets', ...names])
}

/** Keeps a scan with the tables that it asks for; a fault in words where that cannot be. */
const addScan = (rebuilt: Rebuilt, segment: JpegSegment): string | undefined => {
  const { frame, seen, tables, kept } = rebuilt
  const scan = scanOf(segment)
  if (frame === undefined || segment.data === undefined) return 'a JPEG scan stands before its frame'
  if (scan === undefined) return 'a JPEG scan has a length that cannot be'
  const ids = scan.parts.map(({ id }) => id)
  if (ids.some((id) => !frame.components.some((component) => component.id === id)))
    return 'a JPEG scan is of a component that is not there'
  if (frame.marker !== progressive && ids.some((id) => seen.has(id))) return 'the JPEG has a scan too many'
  rebuilt.scans += 1
  if (rebuilt.scans > mostScans) return 'the JPEG has too many scans'
  for (const id of ids) seen.add(id)
  for (const name of neededBy(frame, scan)) {
    const table = tables.get(name)
    if (table !== undefined) kept.push(table)
    tables.delete(name)
  }
  const data = trimScan(segment.data, frame.coding, scan, rebuilt.current)
  if (data === undefined) return 'the coded data of a JPEG scan cannot be read'
  kept.push(segmentOf(startOfScan, segment.content), data)
  return undefined
}

const addTables = (rebuilt: Rebuilt, marker: number, tables: JpegTables | undefined): string | undefined => {
  if (tables === undefined) return 'a JPEG table cannot be read'
  for (const [name, table] of tables) {
    rebuilt.tables.set(name, segmentOf(marker, table))
    rebuilt.current.set(name, table)
  }
  return undefined
}

const addFrame = (rebuilt: Rebuilt, segment: JpegSegment): string | undefined => {
  const frame = frameOf(segment)
  if (frame === undefined) return 'a JPEG frame has a length that cannot be'
  if (rebuilt.frame !== undefined) return 'the JPEG has two frames'
  rebuilt.frame = frame
  rebuilt.kept.push(segmentOf(segment.marker, segment.content))
  return undefined
}

/** Preset parameters are numbers; the other kinds of this segment are tables of values and larger sizes (T.87, C.2.4). */
const presetTables = (content: Uint8Array): JpegTables | undefined =>
  content[0] === 1 && content.length === 11 ? new Map([['presets', content]]) : undefined

const restartTables = (content: Uint8Array): JpegTables | undefined =>
  content.length === 2 ? new Map([['restart', content]]) : undefined

const add = (rebuilt: Rebuilt, segment: JpegSegment): string | undefined => {
  const { marker, content } = segment
  if (frameMarkers.includes(marker)) return addFrame(rebuilt, segment)
  if (unreadMarkers.includes(marker)) return 'the JPEG is arithmetic or hierarchical'
  if (marker === startOfScan) return addScan(rebuilt, segment)
  if (marker === huffman) return addTables(rebuilt, marker, huffmanTables(content))
  if (marker === quantization) return addTables(rebuilt, marker, quantizationTables(content))
  if (marker === restart) return addTables(rebuilt, marker, restartTables(content))
  if (marker === presets) return addTables(rebuilt, marker, presetTables(content))
  // Comments, application data, reserved and unknown segments: no decoder needs them.
  return undefined
}

/** The orientation that a JPEG's EXIF data state. */
const orientationOf = (segments: readonly JpegSegment[]): Orientation => {
  for (const { marker, content } of segments) {
    const exif = marker === 0xe1 ? exifOf(content) : undefined
    if (exif !== undefined) return readOrientation(exif)
  }
  return 1
}

/** Says how a JPEG file is to be turned, from the segments before its frame. */
export const jpegOrientation = (bytes: Uint8Array): Orientation =>
  orientationOf(jpegSegments(bytes, true) ?? [])

type Options = {
  /** Keeps how a picture is to be turned, which DICOM says by other means. */
  readonly keepOrientation: boolean
}

/**
 * Builds a JPEG or JPEG-LS anew from what a decoder needs (ITU T.81 and T.87): its frame, its scans as far as their
 * last unit with the tables that each asks for, restarts, and the few values that tell colours and orientation. Whatever else stands in it, or
 * behind its end, goes.
 */
export const cleanJpeg = (bytes: Uint8Array, { keepOrientation }: Options): ImagingOutcome<Uint8Array> => {
  const segments = jpegSegments(bytes)
  if (segments === undefined) return failed('FILE_CORRUPT', 'the JPEG breaks off or is no JPEG')
  const rebuilt: Rebuilt = {
    kept: [],
    tables: new Map(),
    current: new Map(),
    seen: new Set(),
    frame: undefined,
    scans: 0,
  }
  for (const segment of segments) {
    const fault = add(rebuilt, segment)
    if (fault !== undefined) return failed('FILE_CORRUPT', fault)
  }
  const { frame, seen, kept } = rebuilt
  if (frame === undefined || frame.components.some(({ id }) => !seen.has(id)))
    return failed('FILE_CORRUPT', 'the JPEG lacks a scan')
  const orientation = keepOrientation ? orientationOf(segments) : 1
  return ok(
    new Uint8Array(
      Buffer.concat([
        Uint8Array.of(0xff, startOfImage),
        ...(frame.components.length < 3 ? [] : segments.flatMap(colourSegment)),
        ...(orientation === 1 ? [] : [segmentOf(0xe1, exifContent(orientation))]),
        ...kept,
        Uint8Array.of(0xff, endOfImage),
      ]),
    ),
  )
}
