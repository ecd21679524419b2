import type { PixelCodec } from '../dicom/dicom-tags.ts'
import type { ImagingOutcome } from '../film-header.ts'
import { cleanJpeg } from './clean-jpeg.ts'
import { cleanJpeg2000 } from './clean-jpeg2000.ts'
import { cleanRle } from './clean-rle.ts'

/**
 * Builds a codestream anew from what a decoder needs of it: people and programs write names into the rest. Coded data
 * stay as they are as far as a decoder reads them, so the pixels are the same. `planes` is the bytes of a pixel.
 */
export const cleanCodestream = (
  codec: Exclude<PixelCodec, 'native'>,
  bytes: Uint8Array,
  { pixels, planes }: { readonly pixels: number; readonly planes: number },
): ImagingOutcome<Uint8Array> => {
  if (codec === 'rle') return cleanRle(bytes, pixels, planes)
  if (codec === 'jpeg' || codec === 'jpegLs') return cleanJpeg(bytes, { keepOrientation: false })
  return cleanJpeg2000(bytes)
}
