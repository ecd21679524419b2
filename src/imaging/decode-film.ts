import { createHash } from 'node:crypto'
import { failed, ok } from '../runtime/outcome.ts'
import type { CodedFrame } from './codecs/coded-frame.ts'
import { decodeFrame } from './codecs/native-codecs.ts'
import { isComplete, readCodestream } from './codecs/read-codestream.ts'
import { decodePicture } from './codecs/sharp-codec.ts'
import { codingOf } from './dicom/dicom-tags.ts'
import { joinFragments } from './dicom/pixel-fragments.ts'
import type { DicomPixels, FilmHeader, ImagingOutcome } from './film-header.ts'
import { clampStored, type FilmWords, storedOf, wordsOf } from './picture/stored-values.ts'
import { lyingSize, turnPicture } from './picture/turn-picture.ts'
import { plainBytes } from './plain-bytes.ts'
import { greyWords, readNativeWords, readRle, type Words } from './read-words.ts'

/** A film as its file has it, rows × columns; whoever looks at few pixels turns and cuts only their words. */
export type DecodedFilm = FilmWords & {
  readonly header: FilmHeader
  readonly rows: number
  readonly columns: number
  /** The stored values of all pixels, made when they are first asked for. May be a view of the file's bytes, as `words`. */
  readonly stored: Uint16Array | Int16Array
  /**
   * SHA-256 of the stored values, little endian at their allocated width: the same for every lossless encoding. It is
   * made when it is asked for, and takes as long as the rest.
   */
  readonly pixelHash: string
}

/** So many words are turned, cut and hashed while they are in the processor's cache. */
const hashedWords = 32 * 1024

const hashOf = (film: FilmWords, header: FilmHeader): string => {
  const hash = createHash('sha256')
  const room = new Uint16Array(hashedWords)
  for (let at = 0; at < film.words.length; at += hashedWords) {
    const words = film.words.subarray(at, at + hashedWords)
    const stored = storedOf({ ...film, words }, header, room)
    hash.update(header.bitsAllocated === 8 ? new Uint8Array(stored) : stored)
  }
  return hash.digest('hex')
}

const filmOf = (header: FilmHeader, film: FilmWords): DecodedFilm => {
  let stored: DecodedFilm['stored'] | undefined
  return {
    ...film,
    header,
    rows: header.rows,
    columns: header.columns,
    get stored() {
      stored ??= storedOf(film, header)
      return stored
    },
    get pixelHash() {
      return hashOf(film, header)
    },
  }
}

/** Decodes a codestream, whose samples may have another width than the header allocates. */
export const readCoded = async (
  bytes: Uint8Array,
  header: FilmHeader,
  { codec, lossy }: { codec: CodedFrame['codec']; lossy: boolean },
): Promise<Words> => {
  const coded = readCodestream(codec, bytes)
  if (coded.kind !== 'ok') return coded
  // Decoders fill up what is missing of a codestream that breaks off.
  if (!isComplete(bytes)) return failed('FILE_CORRUPT', `${codec}: the codestream has no end`)
  const { bits, isDct } = coded.value
  const { rows, columns, signed, colour } = header
  if (colour !== undefined && isDct) return readColourPicture(bytes, { ...header, bitsAllocated: 8 })
  const bitsAllocated = bits > 8 ? 16 : 8
  const samples = colour === undefined ? 1 : 3
  const decoded = await decodeFrame({ codec, bytes, rows, columns, bitsAllocated, bits, signed, samples })
  if (decoded.kind !== 'ok') return decoded
  const words = wordsOf(decoded.value, rows * columns * samples, bitsAllocated)
  if (colour !== undefined) return greyWords(words, header, colour)
  if (!lossy) return ok({ words, layout: 'packed' })
  return ok({ words: clampStored(words, header, bits), layout: 'values' })
}

/** JPEG's own colours, which its reader turns into light. */
const readColourPicture = async (bytes: Uint8Array, header: FilmHeader): Promise<Words> => {
  const decoded = await decodePicture(bytes, header.bitsAllocated)
  if (decoded.kind !== 'ok') return decoded
  const { rows, columns, values } = decoded.value
  if (rows !== header.rows || columns !== header.columns)
    return failed('FILE_CORRUPT', 'the picture is not of the size that it says')
  return ok({ words: values, layout: 'values' })
}

const readDicom = async (file: Uint8Array, header: FilmHeader, pixels: DicomPixels): Promise<Words> => {
  const bytes = pixels.inflated ?? file
  const { offset, length, fragments } = pixels.element
  const coding = codingOf(pixels.transferSyntaxUid)
  if (coding === undefined || offset + length > bytes.length)
    return failed('FILE_CORRUPT', 'the header does not belong to the file')
  const value =
    fragments === undefined ? bytes.subarray(offset, offset + length) : joinFragments(bytes, fragments)
  const { codec, lossy } = coding
  if (codec === 'native') return readNativeWords(value, header, pixels)
  return codec === 'rle' ? readRle(value, header) : readCoded(value, header, { codec, lossy })
}

const readPicture = async (bytes: Uint8Array, header: FilmHeader): Promise<Words> => {
  const orientation = header.orientation ?? 1
  const lying = lyingSize(header, orientation)
  const words =
    header.isCoded === true
      ? await readCoded(bytes, { ...header, ...lying }, { codec: 'jpeg', lossy: false })
      : await readColourPicture(bytes, { ...header, ...lying })
  if (words.kind !== 'ok' || orientation === 1) return words
  return ok({ ...words.value, words: turnPicture(words.value.words, lying, orientation) })
}

/** Decodes the film that a header was read from. It is for a worker: a large film takes tens of milliseconds. */
export const decodeFilm = async (
  file: Uint8Array,
  header: FilmHeader,
): Promise<ImagingOutcome<DecodedFilm>> => {
  const bytes = plainBytes(file)
  const words =
    header.dicom === undefined
      ? await readPicture(bytes, header)
      : await readDicom(bytes, header, header.dicom)
  return words.kind === 'ok' ? ok(filmOf(header, words.value)) : words
}
