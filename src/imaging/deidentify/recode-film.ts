import { ok } from '../../runtime/outcome.ts'
import type { CodedFrame } from '../codecs/coded-frame.ts'
import { encodeFrame } from '../codecs/native-codecs.ts'
import { cleanJpeg2000 } from '../codestream/clean-jpeg2000.ts'
import { readCoded } from '../decode-film.ts'
import { codingOf, type PixelCodec } from '../dicom/dicom-tags.ts'
import type { FilmHeader, ImagingOutcome } from '../film-header.ts'
import { storedOf } from '../picture/stored-values.ts'

/** HTJ2K without loss. */
export const recodedSyntaxUid = '1.2.840.10008.1.2.4.201'

/**
 * Codings whose data only a whole decoder passes over: their scans, packets and blocks may be longer than what is read of
 * them. Their films are decoded at the clinic and coded anew, so that nothing but values leaves it.
 */
type RecodedCodec = Exclude<CodedFrame['codec'], 'jpeg'>
const recodedCodecs: readonly RecodedCodec[] = ['jpegLs', 'jpeg2000', 'htJpeg2000']

/** The coding of such a film; undefined where it has another. */
export const recodedCodecOf = (codec: PixelCodec): RecodedCodec | undefined =>
  recodedCodecs.find((one) => one === codec)

/** Whether a film has to be decoded before it can leave: damaged ones may keep a decoder busy, or end its thread. */
export const needsDecoder = ({ dicom }: FilmHeader): boolean =>
  dicom !== undefined && recodedCodecOf(codingOf(dicom.transferSyntaxUid)?.codec ?? 'native') !== undefined

/** Grey that was held as colours is written as grey, and stored bits lie where a codestream has them. */
export const greyHeader = ({ colour, ...header }: FilmHeader): FilmHeader => ({
  ...header,
  highBit: header.bitsStored - 1,
  photometric: colour === undefined ? header.photometric : 'MONOCHROME2',
})

/** Fewest bits that decoders of every kind take. */
const fewestBits = 2

/** Values as they are coded: little endian, in as few bytes as they need. */
const samplesOf = (stored: Uint16Array | Int16Array, bits: number): Uint8Array =>
  bits <= 8 ? Uint8Array.from(stored) : new Uint8Array(stored.slice().buffer)

const areSame = (one: Uint16Array | Int16Array, other: Uint16Array | Int16Array): boolean =>
  Buffer.from(one.buffer, one.byteOffset, one.byteLength).equals(
    Buffer.from(other.buffer, other.byteOffset, other.byteLength),
  )

/** Decodes a codestream, and codes its values anew without loss; what was coded is decoded again and compared. */
export const recodeFilm = async (
  stream: Uint8Array,
  header: FilmHeader,
  coding: { readonly codec: RecodedCodec; readonly lossy: boolean },
): Promise<ImagingOutcome<{ header: FilmHeader; stream: Uint8Array }>> => {
  const words = await readCoded(stream, header, coding)
  if (words.kind !== 'ok') return words
  const stored = storedOf(words.value, header)
  const { rows, columns, signed } = header
  const bits = Math.max(fewestBits, header.bitsStored)
  const encoded = await encodeFrame({ rows, columns, bits, signed, samples: samplesOf(stored, bits) })
  const coded = cleanJpeg2000(encoded)
  if (coded.kind !== 'ok') throw new Error(`the encoder's codestream cannot be read: ${coded.detail}`)
  const grey = greyHeader(header)
  const again = await readCoded(coded.value, grey, { codec: 'htJpeg2000', lossy: false })
  if (again.kind !== 'ok' || !areSame(storedOf(again.value, grey), stored))
    throw new Error('the encoder changed a value')
  return ok({ header: grey, stream: coded.value })
}
