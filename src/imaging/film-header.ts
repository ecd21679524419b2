import type { FilmAttributes } from '../contracts/film-attributes.ts'
import type { DeadLetterCode, RejectionReason } from '../contracts/reasons.ts'
import type { FilmContentType } from '../contracts/signed-film.ts'
import type { Outcome } from '../runtime/outcome.ts'
import type { Orientation } from './codestream/exif-orientation.ts'

export type ImagingOutcome<Value> = Outcome<Value, RejectionReason, DeadLetterCode>

/** Who and what a file names: only the clinic side may see it. */
export type FilmIdentity = {
  readonly sopInstanceUid?: string
  readonly patientId?: string
  readonly issuerOfPatientId?: string
}

/** What the header of a film says, read without a look at its pixels. */
export type FilmHeader = {
  readonly format: 'dicom' | 'png' | 'jpeg'
  readonly contentType: FilmContentType
  readonly rows: number
  readonly columns: number
  /** 8 or 16. */
  readonly bitsAllocated: number
  readonly bitsStored: number
  readonly highBit: number
  readonly signed: boolean
  readonly photometric: 'MONOCHROME1' | 'MONOCHROME2'
  readonly attributes: FilmAttributes
  readonly identity: FilmIdentity
  /** How three samples a pixel hold grey; absent where a pixel has one. */
  readonly colour?: ColourLayout
  /** How a picture is to be turned; 1 where absent. Rows and columns are those of the turned picture. */
  readonly orientation?: Orientation
  /** A JPEG of more than 8 bits, or a lossless one, which picture libraries do not read. */
  readonly isCoded?: boolean
  /** Only for DICOM. */
  readonly dicom?: DicomPixels
}

/** Samples of a pixel as red, green and blue, or as brightness and two colours; side by side, or plane by plane. */
export type ColourLayout = { readonly space: 'rgb' | 'ybr' | 'ybr422'; readonly planar: boolean }

/** Where the pixel data are; fragments only where they are encapsulated. */
export type PixelElement = {
  readonly offset: number
  readonly length: number
  readonly vr: string | undefined
  readonly fragments: readonly { readonly offset: number; readonly length: number }[] | undefined
}

/** A look-up table of the header: for the input `first + index` the value is `values[index]`, of `bits` bits. */
export type LookUpTable = { readonly first: number; readonly bits: number; readonly values: Uint16Array }

/** Where the pixels of a DICOM film are and how their values become grey. */
export type DicomPixels = {
  readonly transferSyntaxUid: string
  /** Offsets count in the bytes of the file, or in `inflated` where the file is deflated. */
  readonly element: PixelElement
  readonly inflated: Uint8Array | undefined
  readonly padding: number | undefined
  /** The other end of a range of padding values that begins or ends with `padding`. */
  readonly paddingLimit: number | undefined
  readonly rescale: { readonly slope: number; readonly intercept: number }
  readonly window: { readonly centre: number; readonly width: number } | undefined
  /** LINEAR, LINEAR_EXACT or SIGMOID. */
  readonly voiFunction: string | undefined
  readonly modalityLut: LookUpTable | undefined
  readonly voiLut: LookUpTable | undefined
}

/** Most bytes and pixels of a film; anything above is refused from its header. */
export type FilmLimits = { readonly maxBytes: number; readonly maxPixels: number }

/** 64 MB, and more pixels than the largest detectors have (a 43 × 43 cm detector at 0.1 mm has 18 million). */
export const filmLimits: FilmLimits = { maxBytes: 64 * 1024 * 1024, maxPixels: 40_000_000 }
