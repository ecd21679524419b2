import type { PixelCodec } from '../dicom/dicom-tags.ts'

/** A frame to decode; `bitsAllocated` and `bits` are those of the samples in the codestream. */
export type CodedFrame = {
  readonly codec: Exclude<PixelCodec, 'native' | 'rle'>
  readonly bytes: Uint8Array
  readonly rows: number
  readonly columns: number
  readonly bitsAllocated: 8 | 16
  readonly bits: number
  readonly signed: boolean
  /** Samples a pixel; several lie side by side. */
  readonly samples: 1 | 3
}
