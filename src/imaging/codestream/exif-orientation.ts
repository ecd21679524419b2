import { viewOf } from '../plain-bytes.ts'

/** How a picture is to be turned and mirrored, as EXIF numbers it: 1 for as it is. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

const orientations: readonly Orientation[] = [1, 2, 3, 4, 5, 6, 7, 8]
const orientationTag = 0x0112
const shortType = 3

/** Reads the orientation from EXIF data, which are a small TIFF (EXIF 4.6.4); 1 where they do not say it. */
export const readOrientation = (tiff: Uint8Array): Orientation => {
  const view = viewOf(tiff)
  const has = (at: number, bytes: number): boolean => at + bytes <= tiff.length
  if (!has(0, 8)) return 1
  const little = view.getUint16(0) === 0x4949
  if (!little && view.getUint16(0) !== 0x4d4d) return 1
  const start = view.getUint32(4, little)
  if (!has(start, 2)) return 1
  const entries = view.getUint16(start, little)
  for (let at = start + 2; at < start + 2 + 12 * entries && has(at, 12); at += 12)
    if (view.getUint16(at, little) === orientationTag && view.getUint16(at + 2, little) === shortType)
      return orientations.find((value) => value === view.getUint16(at + 8, little)) ?? 1
  return 1
}

/** EXIF data that say the orientation and nothing else. */
export const writeOrientation = (orientation: Orientation): Uint8Array => {
  const tiff = Buffer.alloc(26)
  tiff.write('MM', 0, 'latin1')
  tiff.writeUInt16BE(42, 2)
  tiff.writeUInt32BE(8, 4)
  tiff.writeUInt16BE(1, 8)
  tiff.writeUInt16BE(orientationTag, 10)
  tiff.writeUInt16BE(shortType, 12)
  tiff.writeUInt32BE(1, 14)
  tiff.writeUInt16BE(orientation, 18)
  return new Uint8Array(tiff)
}

const exifStart = Buffer.from('Exif\0\0', 'latin1')

/** The EXIF data of a JPEG's APP1 segment; undefined where it holds something else. */
export const exifOf = (content: Uint8Array): Uint8Array | undefined =>
  Buffer.compare(content.subarray(0, 6), exifStart) === 0 ? content.subarray(6) : undefined

/** The content of an APP1 segment that says the orientation alone. */
export const exifContent = (orientation: Orientation): Uint8Array =>
  new Uint8Array(Buffer.concat([exifStart, writeOrientation(orientation)]))
