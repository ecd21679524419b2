import { messageOf } from '../../runtime/errors.ts'
import { failed, ok } from '../../runtime/outcome.ts'
import type { ImagingOutcome } from '../film-header.ts'
import { decodeWithCharls } from './charls-codec.ts'
import type { CodedFrame } from './coded-frame.ts'

// Loaded with the first coded film: 4 MB of WebAssembly that a process without films never needs.
const openCodecs = async () => {
  const { default: library } = await import('dcmjs-codecs')
  // The library prints what its codecs write to stderr.
  library.log.setLevel('silent')
  if (!library.NativeCodecs.isInitialized()) await library.NativeCodecs.initializeAsync()
  return library
}
type Library = Awaited<ReturnType<typeof openCodecs>>

const decodeWith = ({ NativeCodecs, Context }: Library, frame: CodedFrame): Uint8Array | undefined => {
  const context = new Context({
    width: frame.columns,
    height: frame.rows,
    bitsAllocated: frame.bitsAllocated,
    bitsStored: frame.bits,
    samplesPerPixel: frame.samples,
    pixelRepresentation: frame.signed ? 1 : 0,
    planarConfiguration: 0,
    photometricInterpretation: frame.samples === 1 ? 'MONOCHROME2' : 'RGB',
    encodedBuffer: frame.bytes,
  })
  const decoders = {
    jpeg: () => NativeCodecs.decodeJpeg(context),
    jpegLs: () => NativeCodecs.decodeJpegLs(context),
    jpeg2000: () => NativeCodecs.decodeJpeg2000(context),
    htJpeg2000: () => NativeCodecs.decodeHtJpeg2000(context),
  }
  return decoders[frame.codec]().getDecodedBuffer()
}

/**
 * Decodes a frame to its samples, little endian. A codec that throws or traps leaves its memory in doubt, so that
 * instance is dropped and the next film gets a new one; JPEG-LS has a second decoder.
 */
export const decodeFrame = async (frame: CodedFrame): Promise<ImagingOutcome<Uint8Array>> => {
  const library = await openCodecs()
  try {
    const decoded = decodeWith(library, frame)
    const expected = frame.rows * frame.columns * frame.samples * (frame.bitsAllocated / 8)
    if (decoded?.length === expected) return ok(decoded)
    return failed('FILE_CORRUPT', `${decoded?.length ?? 0} bytes decoded instead of ${expected}`)
  } catch (error) {
    library.NativeCodecs.release()
    if (frame.codec === 'jpegLs') return decodeWithCharls(frame)
    return failed('FILE_CORRUPT', `${frame.codec}: ${messageOf(error)}`.slice(0, 120))
  }
}

/** Grey values of a frame to code without loss, little endian in as few bytes as they need. */
export type PlainFrame = Pick<CodedFrame, 'rows' | 'columns' | 'bits' | 'signed'> & {
  readonly samples: Uint8Array
}

/** Codes a frame in HTJ2K without loss, which both ways takes the least time of all codings. */
export const encodeFrame = async (frame: PlainFrame): Promise<Uint8Array> => {
  const { rows, columns, bits, signed, samples } = frame
  const { NativeCodecs, Context } = await openCodecs()
  const context = new Context({
    width: columns,
    height: rows,
    bitsAllocated: bits > 8 ? 16 : 8,
    bitsStored: bits,
    samplesPerPixel: 1,
    pixelRepresentation: signed ? 1 : 0,
    planarConfiguration: 0,
    photometricInterpretation: 'MONOCHROME2',
    decodedBuffer: samples,
  })
  const encoded = NativeCodecs.encodeHtJpeg2000(context).getEncodedBuffer()
  if (encoded === undefined) throw new Error('the encoder gave no codestream')
  return encoded
}
