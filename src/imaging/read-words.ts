import { failed, ok } from '../runtime/outcome.ts'
import { decodeRle } from './codecs/decode-rle.ts'
import { nativeSyntaxes } from './dicom/dicom-tags.ts'
import { samplesOf } from './dicom/samples-of.ts'
import type { ColourLayout, DicomPixels, FilmHeader, ImagingOutcome, PixelElement } from './film-header.ts'
import { greyOfColour } from './picture/colour-to-grey.ts'
import { type FilmWords, nativeWordsOf, storedOf } from './picture/stored-values.ts'

/** The words of a film, or why they cannot be read. */
export type Words = ImagingOutcome<FilmWords>

/** The grey of samples in three colours. */
export const greyWords = (samples: Uint16Array, header: FilmHeader, colour: ColourLayout): Words => {
  const grey = greyOfColour(samples, header.rows * header.columns, colour, header.bitsStored)
  return grey.kind === 'ok' ? ok({ words: grey.value, layout: 'values' }) : grey
}

/** Big endian turns words, and so pairs of 8-bit samples where they are declared as words (PS3.5 7.3). */
const nativeBytes = (value: Uint8Array, header: FilmHeader, pixel: PixelElement): Uint8Array => {
  if (header.bitsAllocated !== 8 || pixel.vr !== 'OW') return value
  return value.length % 2 === 0 ? new Uint8Array(Buffer.from(value).swap16()) : value
}

/** Reads uncompressed pixels; what is padded behind them is left. */
export const readNativeWords = (value: Uint8Array, header: FilmHeader, pixels: DicomPixels): Words => {
  const { colour } = header
  const count = header.rows * header.columns * samplesOf(colour)
  if (value.length < count * (header.bitsAllocated / 8))
    return failed('FILE_CORRUPT', 'the file ends within the pixel data')
  const isBigEndian = pixels.transferSyntaxUid === nativeSyntaxes.explicitBigEndian
  const bytes = isBigEndian ? nativeBytes(value, header, pixels.element) : value
  const words = nativeWordsOf(bytes, count, header, isBigEndian)
  if (colour === undefined) return ok(words)
  return greyWords(new Uint16Array(storedOf(words, header)), header, colour)
}

/** Reads pixels that are run-length coded. */
export const readRle = (bytes: Uint8Array, header: FilmHeader): Words => {
  const { rows, columns, bitsAllocated, colour } = header
  const bytesPerSample = bitsAllocated === 8 ? 1 : 2
  const samples = colour === undefined ? 1 : 3
  const decoded = decodeRle(bytes, { pixels: rows * columns, bytesPerSample, samples })
  if (decoded.kind !== 'ok') return decoded
  if (colour !== undefined) return greyWords(decoded.value, header, colour)
  return ok({ words: decoded.value, layout: 'packed' })
}
