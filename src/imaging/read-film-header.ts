import { failed, rejected } from '../runtime/outcome.ts'
import { looksLikeDataset } from './dicom/parse-dicom.ts'
import { readDicomHeader } from './dicom/read-dicom-header.ts'
import { type FilmHeader, type FilmLimits, filmLimits, type ImagingOutcome } from './film-header.ts'
import { readJpegHeader, readPngHeader } from './picture/read-picture-header.ts'
import { plainBytes } from './plain-bytes.ts'

const startsWith = (bytes: Uint8Array, at: number, signature: readonly number[]): boolean =>
  signature.every((value, index) => bytes[at + index] === value)

const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const jpeg = [0xff, 0xd8, 0xff]
const dicm = [0x44, 0x49, 0x43, 0x4d]

const read = (bytes: Uint8Array): ImagingOutcome<FilmHeader> => {
  if (startsWith(bytes, 128, dicm)) return readDicomHeader(bytes)
  if (startsWith(bytes, 0, png)) return readPngHeader(bytes)
  if (startsWith(bytes, 0, jpeg)) return readJpegHeader(bytes)
  if (looksLikeDataset(bytes)) return readDicomHeader(bytes)
  return failed('FILE_CORRUPT', 'neither DICOM nor PNG nor JPEG')
}

/**
 * Reads what a file says of itself: format, size, values, attributes. It looks at headers only, so a file that
 * claims to be huge is refused in milliseconds and without memory for its pixels.
 */
export const readFilmHeader = (
  file: Uint8Array,
  limits: FilmLimits = filmLimits,
): ImagingOutcome<FilmHeader> => {
  const bytes = plainBytes(file)
  if (bytes.length === 0) return failed('PAYLOAD_EMPTY', 'the file has no bytes')
  if (bytes.length > limits.maxBytes) return rejected('FILE_TOO_LARGE', `${bytes.length} bytes`)
  const header = read(bytes)
  if (header.kind !== 'ok') return header
  const { rows, columns, attributes } = header.value
  if (rows * columns > limits.maxPixels) return rejected('TOO_MANY_PIXELS', `${rows} x ${columns} pixels`)
  if (attributes.ageBand === '0-17') return rejected('UNDER_18', 'by the age in the header')
  return header
}
