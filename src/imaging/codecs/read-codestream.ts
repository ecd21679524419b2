import { failed, ok } from '../../runtime/outcome.ts'
import type { ImagingOutcome } from '../film-header.ts'
import { viewOf } from '../plain-bytes.ts'
import type { CodedFrame } from './coded-frame.ts'

/** What a codestream says of itself, whatever the header around it says. */
export type CodestreamShape = {
  readonly rows: number
  readonly columns: number
  /** Bits of a sample. */
  readonly bits: number
  readonly components: number
  /** The process of a JPEG: n of its marker SOFn. */
  readonly process: number
  /** A lossy JPEG: sequential or progressive. */
  readonly isDct: boolean
}

/** SOF0 to SOF15 but DHT, JPG and DAC (ITU T.81, B.1.1.3), and SOF55 of JPEG-LS (ITU T.87, C.1). */
const isFrame = (marker: number): boolean =>
  (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) ||
  marker === 0xf7

/** Reads the frame header of JPEG and JPEG-LS (ITU T.81, B.2.2). */
export const readJpegFrame = (bytes: Uint8Array): ImagingOutcome<CodestreamShape> => {
  const view = viewOf(bytes)
  let at = 2
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return failed('FILE_CORRUPT', 'a JPEG marker is missing')
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (isFrame(marker))
      return ok({
        rows: view.getUint16(at + 5),
        columns: view.getUint16(at + 7),
        bits: bytes[at + 4] ?? 0,
        components: bytes[at + 9] ?? 0,
        process: marker - 0xc0,
        isDct: marker <= 0xc2,
      })
    at += 2 + view.getUint16(at + 2)
  }
  return failed('FILE_CORRUPT', 'the JPEG ends before its frame')
}

/** Start of codestream and SIZ of JPEG 2000 (ITU T.800, A.4.1 and A.5.1), which a JP2 file holds in a box. */
const sizStart = Buffer.from([0xff, 0x4f, 0xff, 0x51])

/** Most tiles of a codestream; a film needs one, archives cut some hundreds. */
const tileLimit = 4096

/** The image and its first tile on one axis of the reference grid. */
type Extent = {
  readonly end: number
  readonly start: number
  readonly tile: number
  readonly tileStart: number
}

/** ITU T.800, B.3: the first tile begins no later than the image and reaches into it. */
const isPossible = ({ end, start, tile, tileStart }: Extent): boolean =>
  end > start && tile > 0 && tileStart <= start && tileStart + tile > start

const tilesOf = ({ end, tile, tileStart }: Extent): number => Math.ceil((end - tileStart) / tile)

const startOfTile = 0xff90
const codingStyle = 0xff52

/**
 * Whether the coding styles of a main header are within their bounds (ITU T.800, A.6.1). Decoders take them as
 * they are, and an impossible one keeps them busy for minutes.
 */
const hasPossibleStyle = (view: DataView, start: number): boolean => {
  for (let at = start; at + 14 <= view.byteLength; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at)
    if (marker === startOfTile) return true
    if (marker < 0xff00) return false
    if (marker !== codingStyle) continue
    const [style, progression, levels] = [view.getUint8(at + 4), view.getUint8(at + 5), view.getUint8(at + 9)]
    const [width, height] = [view.getUint8(at + 10), view.getUint8(at + 11)]
    if (style > 7 || progression > 4 || levels > 32) return false
    if (width > 8 || height > 8 || width + height > 8) return false
  }
  return true
}

const readJpeg2000Size = (bytes: Uint8Array): ImagingOutcome<CodestreamShape> => {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4096))
  const start = head.indexOf(sizStart)
  if (start < 0 || start + 43 > bytes.length)
    return failed('FILE_CORRUPT', 'the JPEG 2000 codestream has no size')
  const view = viewOf(bytes)
  const word = (offset: number): number => view.getUint32(start + offset)
  const across = { end: word(8), start: word(16), tile: word(24), tileStart: word(32) }
  const down = { end: word(12), start: word(20), tile: word(28), tileStart: word(36) }
  if (!isPossible(across) || !isPossible(down) || tilesOf(across) * tilesOf(down) > tileLimit)
    return failed('FILE_CORRUPT', 'the JPEG 2000 codestream has no possible size')
  if (!hasPossibleStyle(view, start + 2))
    return failed('FILE_CORRUPT', 'the JPEG 2000 coding style cannot be')
  const components = view.getUint16(start + 40)
  return ok({
    rows: down.end - down.start,
    columns: across.end - across.start,
    bits: ((bytes[start + 42] ?? 0) & 0x7f) + 1,
    components,
    process: 0,
    isDct: false,
  })
}

/** Reads the size of a codestream before a decoder sees it. */
export const readCodestream = (
  codec: CodedFrame['codec'],
  bytes: Uint8Array,
): ImagingOutcome<CodestreamShape> => {
  if (codec === 'jpeg2000' || codec === 'htJpeg2000') return readJpeg2000Size(bytes)
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return failed('FILE_CORRUPT', 'the JPEG has no start')
  return readJpegFrame(bytes)
}

/** End of image, or of codestream: in each of the codings these two bytes stand nowhere else. */
const end = Buffer.from([0xff, 0xd9])

/** Whether a codestream goes to its end. */
export const isComplete = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).lastIndexOf(end) > 0
