import { failed, ok, rejected } from '../runtime/outcome.ts'
import type { FilmHeader, ImagingOutcome } from './film-header.ts'

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

type Picture = { format: 'png' | 'jpeg'; rows: number; columns: number; bits: number }

const headerOf = ({ format, rows, columns, bits }: Picture): FilmHeader => ({
  format,
  contentType: format === 'png' ? 'image/png' : 'image/jpeg',
  rows,
  columns,
  bitsAllocated: bits,
  bitsStored: bits,
  highBit: bits - 1,
  signed: false,
  photometric: 'MONOCHROME2',
  attributes: { rows, columns, photometricInterpretation: 'MONOCHROME2' },
  identity: {},
})

/** Reads IHDR (PNG specification, 11.2.2). */
export const readPngHeader = (bytes: Uint8Array): ImagingOutcome<FilmHeader> => {
  if (bytes.length < 33) return failed('FILE_CORRUPT', 'the PNG ends within its header')
  const view = viewOf(bytes)
  const columns = view.getUint32(16)
  const rows = view.getUint32(20)
  const bits = bytes[24] === 16 ? 16 : 8
  if (rows === 0 || columns === 0) return failed('FILE_CORRUPT', 'the PNG has no rows or no columns')
  return ok(headerOf({ format: 'png', rows, columns, bits }))
}

/** Start-of-frame markers that sharp's decoder reads: baseline, extended and progressive DCT. */
const readableFrames = [0xc0, 0xc1, 0xc2]
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc

/** Reads the frame header (ITU T.81, B.2.2). */
export const readJpegHeader = (bytes: Uint8Array): ImagingOutcome<FilmHeader> => {
  const view = viewOf(bytes)
  let at = 2
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return failed('FILE_CORRUPT', 'a JPEG marker is missing')
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (isFrame(marker)) {
      if (!readableFrames.includes(marker) || bytes[at + 4] !== 8)
        return failed('ENCODING_UNSUPPORTED', `JPEG process SOF${marker - 0xc0}`)
      const [rows, columns] = [view.getUint16(at + 5), view.getUint16(at + 7)]
      if (rows === 0 || columns === 0)
        return rejected('DIMENSIONS_MISMATCH', 'the JPEG has no rows or no columns')
      return ok(headerOf({ format: 'jpeg', rows, columns, bits: 8 }))
    }
    at += 2 + view.getUint16(at + 2)
  }
  return failed('FILE_CORRUPT', 'the JPEG ends before its frame')
}
