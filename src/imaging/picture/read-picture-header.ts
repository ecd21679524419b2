import { failed, ok, rejected } from '../../runtime/outcome.ts'
import { type CodestreamShape, readJpegFrame } from '../codecs/read-codestream.ts'
import { jpegOrientation } from '../codestream/clean-jpeg.ts'
import { pngOrientation } from '../codestream/clean-png.ts'
import type { Orientation } from '../codestream/exif-orientation.ts'
import type { FilmHeader, ImagingOutcome } from '../film-header.ts'
import { viewOf } from '../plain-bytes.ts'
import { lyingSize } from './turn-picture.ts'

type Picture = {
  readonly format: 'png' | 'jpeg'
  readonly rows: number
  readonly columns: number
  readonly bits: number
  readonly orientation: Orientation
  readonly isCoded?: boolean
}

const headerOf = ({ format, bits, isCoded = false, orientation, ...lying }: Picture): FilmHeader => {
  const { rows, columns } = lyingSize(lying, orientation)
  return {
    format,
    contentType: format === 'png' ? 'image/png' : 'image/jpeg',
    rows,
    columns,
    bitsAllocated: bits > 8 ? 16 : 8,
    bitsStored: bits,
    highBit: bits - 1,
    signed: false,
    photometric: 'MONOCHROME2',
    attributes: { rows, columns, photometricInterpretation: 'MONOCHROME2' },
    identity: {},
    orientation,
    isCoded,
  }
}

/** Reads IHDR (PNG specification, 11.2.2), and how the picture is to be turned. */
export const readPngHeader = (bytes: Uint8Array): ImagingOutcome<FilmHeader> => {
  if (bytes.length < 33) return failed('FILE_CORRUPT', 'the PNG ends within its header')
  const view = viewOf(bytes)
  const columns = view.getUint32(16)
  const rows = view.getUint32(20)
  const bits = bytes[24] === 16 ? 16 : 8
  if (rows === 0 || columns === 0) return failed('FILE_CORRUPT', 'the PNG has no rows or no columns')
  return ok(headerOf({ format: 'png', rows, columns, bits, orientation: pngOrientation(bytes) }))
}

/** Processes that sharp reads (baseline, extended and progressive DCT) of 8 bits, and those that need the codecs. */
const isPlain = ({ process, bits }: CodestreamShape): boolean => process <= 2 && bits === 8
const isDeep = ({ process, bits, components }: CodestreamShape): boolean =>
  components === 1 && (process <= 2 ? bits === 12 : process === 3 && bits >= 2 && bits <= 16)

/** Reads the frame header (ITU T.81, B.2.2), and how the picture is to be turned. */
export const readJpegHeader = (bytes: Uint8Array): ImagingOutcome<FilmHeader> => {
  const frame = readJpegFrame(bytes)
  if (frame.kind !== 'ok') return frame
  const { rows, columns, bits, process } = frame.value
  if (rows === 0 || columns === 0)
    return rejected('DIMENSIONS_MISMATCH', 'the JPEG has no rows or no columns')
  const picture = { format: 'jpeg', rows, columns, bits, orientation: jpegOrientation(bytes) } as const
  if (isPlain(frame.value)) return ok(headerOf(picture))
  if (isDeep(frame.value)) return ok(headerOf({ ...picture, isCoded: true }))
  return failed('ENCODING_UNSUPPORTED', `JPEG process SOF${process} of ${bits} bits`)
}
