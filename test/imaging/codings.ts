import assert from 'node:assert/strict'
import codecs from 'dcmjs-codecs'

const { Context } = codecs
/** The encoders, loaded. */
export const NativeCodecs = codecs.NativeCodecs
await NativeCodecs.initializeAsync()

/** Values as the bytes of a little-endian film. */
export const littleEndian = (values: Uint16Array | Int16Array, bits: number): Uint8Array =>
  bits === 8 ? Uint8Array.from(values) : new Uint8Array(values.slice().buffer)

/** Encodes the pixels of a context. */
export type Encode = (context: InstanceType<typeof Context>) => InstanceType<typeof Context>
/** A transfer syntax, and who encodes it. */
export type Coding = { name: string; transferSyntaxUid: string; encode: Encode; lossless: boolean }
/** Where the transfer syntaxes of JPEG in all its kinds begin. */
export const dicomJpeg = '1.2.840.10008.1.2.4.'
/** Encodings of one sample a pixel. */
export const codings: Coding[] = [
  {
    name: 'RLE',
    transferSyntaxUid: '1.2.840.10008.1.2.5',
    encode: (c) => NativeCodecs.encodeRle(c),
    lossless: true,
  },
  {
    name: 'JPEG lossless',
    transferSyntaxUid: `${dicomJpeg}70`,
    encode: (c) => NativeCodecs.encodeJpeg(c, { lossy: false }),
    lossless: true,
  },
  {
    name: 'JPEG lossless, predictor 5',
    transferSyntaxUid: `${dicomJpeg}57`,
    encode: (c) => NativeCodecs.encodeJpeg(c, { lossy: false, predictor: 5 }),
    lossless: true,
  },
  {
    name: 'JPEG-LS',
    transferSyntaxUid: `${dicomJpeg}80`,
    encode: (c) => NativeCodecs.encodeJpegLs(c),
    lossless: true,
  },
  {
    name: 'JPEG-LS near-lossless',
    transferSyntaxUid: `${dicomJpeg}81`,
    encode: (c) => NativeCodecs.encodeJpegLs(c, { lossy: true, allowedLossyError: 2 }),
    lossless: false,
  },
  {
    name: 'JPEG 2000',
    transferSyntaxUid: `${dicomJpeg}90`,
    encode: (c) => NativeCodecs.encodeJpeg2000(c),
    lossless: true,
  },
  {
    name: 'JPEG 2000 lossy',
    transferSyntaxUid: `${dicomJpeg}91`,
    encode: (c) => NativeCodecs.encodeJpeg2000(c, { lossy: true, rate: 4 }),
    lossless: false,
  },
  {
    name: 'HTJ2K',
    transferSyntaxUid: `${dicomJpeg}201`,
    encode: (c) => NativeCodecs.encodeHtJpeg2000(c),
    lossless: true,
  },
  {
    name: 'HTJ2K RPCL',
    transferSyntaxUid: `${dicomJpeg}202`,
    encode: (c) => NativeCodecs.encodeHtJpeg2000(c, { progressionOrder: 2 }),
    lossless: true,
  },
  {
    name: 'HTJ2K lossy',
    transferSyntaxUid: `${dicomJpeg}203`,
    encode: (c) => NativeCodecs.encodeHtJpeg2000(c, { lossy: true }),
    lossless: false,
  },
]

/** A codestream of pixels, of even length. */
export const codestreamOf = (
  pixels: Uint16Array | Int16Array,
  bitsStored: number,
  encode: Encode,
  [rows, columns]: [number, number] = [37, 41],
): Uint8Array => {
  const context = new Context({
    width: columns,
    height: rows,
    bitsAllocated: bitsStored === 8 ? 8 : 16,
    bitsStored,
    samplesPerPixel: 1,
    pixelRepresentation: pixels instanceof Int16Array ? 1 : 0,
    planarConfiguration: 0,
    photometricInterpretation: 'MONOCHROME2',
    decodedBuffer: littleEndian(pixels, bitsStored),
  })
  const encoded = encode(context).getEncodedBuffer()
  assert.ok(encoded !== undefined)
  return encoded.length % 2 === 0 ? encoded : Uint8Array.of(...encoded, 0)
}
