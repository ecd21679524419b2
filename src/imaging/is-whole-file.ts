import { pngChunks } from './codestream/clean-png.ts'
import { jpegSegments } from './codestream/jpeg-segments.ts'
import { parseDicom } from './dicom/parse-dicom.ts'
import { plainBytes } from './plain-bytes.ts'

/** Whether a file goes to the end that its format states: one that is still being copied does not. */
export const isWholeFile = (file: Uint8Array): boolean => {
  const bytes = plainBytes(file)
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return jpegSegments(bytes) !== undefined
  if (bytes[0] === 0x89 && bytes[1] === 0x50) return pngChunks(bytes) !== undefined
  const parsed = parseDicom(bytes)
  return parsed.kind === 'ok' && parsed.value.pixelData !== undefined
}
