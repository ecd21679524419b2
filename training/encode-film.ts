/** Writes a simulated film in each of the encodings in which clinics send films. */
import codecs from 'dcmjs-codecs'
import { encodeJpeg, encodePng } from '../src/imaging/codecs/sharp-codec.ts'
import { type DicomFilmSpec, writeDicomFilm } from '../src/imaging/dicom/write-dicom-film.ts'
import type { FilmEncoding } from '../src/inference/packages/parity.ts'
import { pictureOf } from '../src/simulation/films/picture-of.ts'
import type { SimulatedFilm } from '../src/simulation/films/render-film.ts'

const { Context, NativeCodecs } = codecs
await NativeCodecs.initializeAsync()

type Coded = InstanceType<typeof Context>

/** Transfer syntax and encoder of those that are no plain bytes (PS3.5 A.4). */
const coders: Readonly<
  Partial<Record<FilmEncoding, readonly [uid: string, encode: (film: Coded) => Coded]>>
> = {
  rle: ['1.2.840.10008.1.2.5', (film) => NativeCodecs.encodeRle(film)],
  jpegLossless: ['1.2.840.10008.1.2.4.70', (film) => NativeCodecs.encodeJpeg(film, { lossy: false })],
  jpegLs: ['1.2.840.10008.1.2.4.80', (film) => NativeCodecs.encodeJpegLs(film)],
  jpeg2000: ['1.2.840.10008.1.2.4.90', (film) => NativeCodecs.encodeJpeg2000(film)],
  htJpeg2000: ['1.2.840.10008.1.2.4.201', (film) => NativeCodecs.encodeHtJpeg2000(film)],
  jpeg2000Lossy: [
    '1.2.840.10008.1.2.4.91',
    (film) => NativeCodecs.encodeJpeg2000(film, { lossy: true, rate: 8 }),
  ],
}

const specOf = (film: SimulatedFilm, uid: string): DicomFilmSpec => ({
  sopInstanceUid: uid,
  rows: film.rows,
  columns: film.columns,
  pixels: film.pixels,
  bitsStored: film.bitsStored,
  photometric: film.photometric,
  acquisition: { modality: 'DX', intent: 'FOR PRESENTATION', bodyPart: 'HIP', viewPosition: 'AP' },
  study: { studyInstanceUid: `${uid}.1`, seriesInstanceUid: `${uid}.2`, date: '20260615' },
  patient: { sex: 'F', age: '070Y' },
})

const fragmentOf = (film: SimulatedFilm, encode: (given: Coded) => Coded): Uint8Array => {
  const given = new Context({
    width: film.columns,
    height: film.rows,
    bitsAllocated: 16,
    bitsStored: film.bitsStored,
    samplesPerPixel: 1,
    pixelRepresentation: 0,
    planarConfiguration: 0,
    photometricInterpretation: film.photometric,
    decodedBuffer: new Uint8Array(film.pixels.slice().buffer),
  })
  return encode(given).getEncodedBuffer() ?? new Uint8Array()
}

/** The film as the bytes of a file. */
export const encodeFilm = async (
  film: SimulatedFilm,
  encoding: FilmEncoding,
  uid: string,
): Promise<Uint8Array> => {
  if (encoding === 'png') return encodePng(pictureOf(film, 16), 16)
  if (encoding === 'jpeg') return encodeJpeg(pictureOf(film, 8))
  const coder = coders[encoding]
  if (coder !== undefined) {
    const coded = { transferSyntaxUid: coder[0], fragments: [fragmentOf(film, coder[1])] }
    return writeDicomFilm({ ...specOf(film, uid), coded })
  }
  switch (encoding) {
    case 'explicitLittleEndian':
    case 'implicitLittleEndian':
    case 'explicitBigEndian':
    case 'deflatedLittleEndian':
      return writeDicomFilm({ ...specOf(film, uid), syntax: encoding })
    default:
      throw new Error(`no encoder for ${encoding}`)
  }
}
