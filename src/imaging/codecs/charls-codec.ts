import { failed, ok } from '../../runtime/outcome.ts'
import type { ImagingOutcome } from '../film-header.ts'
import type { CodedFrame } from './coded-frame.ts'

/** Decodes a JPEG-LS frame with CharLS; each call has an instance of its own, as a failure leaves it in doubt. */
export const decodeWithCharls = async (frame: CodedFrame): Promise<ImagingOutcome<Uint8Array>> => {
  const { default: createCharls } = await import('@cornerstonejs/codec-charls/decode')
  const charls = await createCharls({ print: () => {}, printErr: () => {} })
  const decoder = new charls.JpegLSDecoder()
  try {
    decoder.getEncodedBuffer(frame.bytes.length).set(frame.bytes)
    decoder.decode()
    const decoded = new Uint8Array(decoder.getDecodedBuffer())
    const expected = frame.rows * frame.columns * frame.samples * (frame.bitsAllocated / 8)
    if (decoded.length === expected) return ok(decoded)
    return failed('FILE_CORRUPT', `${decoded.length} bytes decoded instead of ${expected}`)
  } catch {
    // It throws the address of a C++ exception, which says nothing once the instance is gone.
    return failed('FILE_CORRUPT', 'jpegLs: the codestream is damaged')
  }
}
