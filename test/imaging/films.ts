import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type DecodedFilm, decodeFilm } from '../../src/imaging/decode-film.ts'
import { type DicomFilmSpec, writeDicomFilm } from '../../src/imaging/dicom/write-dicom-film.ts'
import type { FilmHeader } from '../../src/imaging/film-header.ts'
import { readFilmHeader } from '../../src/imaging/read-film-header.ts'

const samples = resolve(import.meta.dirname, '../../../shared/data')

/** Why tests on a folder of sample films are skipped; false where the folder is there. */
export const withoutSamples = (folder: string): string | false =>
  existsSync(join(samples, folder))
    ? false
    : `SKIPPED: ../shared/data/${folder} is absent, real films are untested`

/** The path of a sample. */
export const samplePath = (...parts: string[]): string => join(samples, ...parts)

/** The bytes of a sample. */
export const sample = (...parts: string[]): Uint8Array => new Uint8Array(readFileSync(samplePath(...parts)))

/** SHA-256 of the real hip's pixels, as the samples' README states it. */
export const hipHash = '9ed5d9818c250bb81ff9093a6c4d5c6032df281fce82b9a288de65c74348301e'

/** Seeded numbers of 32 bits (mulberry32). */
export const seededWords = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let word = Math.imul(state ^ (state >>> 15), state | 1)
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61)
    return (word ^ (word >>> 14)) >>> 0
  }
}

/** A smooth picture with some noise, of `bits` bits a value. */
export const picture = (rows: number, columns: number, bits: number): Uint16Array => {
  const next = seededWords(rows * 7919 + columns * 31 + bits)
  const highest = 2 ** bits - 1
  return Uint16Array.from({ length: rows * columns }, (_, index) => {
    const [x, y] = [(index % columns) / columns, Math.floor(index / columns) / rows]
    const wave = 0.5 + 0.35 * Math.sin(5 * x + 3 * y) + 0.1 * Math.cos(17 * x * y)
    return Math.min(highest, Math.max(0, Math.round((wave + (next() / 2 ** 32 - 0.5) * 0.02) * highest)))
  })
}

/** A film of 37 rows and 41 columns (both odd), 12 bits, of nobody. */
export const filmSpec = (changes: Partial<DicomFilmSpec> = {}): DicomFilmSpec => {
  const rows = changes.rows ?? 37
  const columns = changes.columns ?? 41
  const bitsStored = changes.bitsStored ?? 12
  return {
    sopInstanceUid: '1.2.826.0.1.3680043.8.498.1',
    rows,
    columns,
    pixels: picture(rows, columns, bitsStored),
    bitsStored,
    photometric: 'MONOCHROME2',
    acquisition: { modality: 'DX', intent: 'FOR PRESENTATION', bodyPart: 'HIP', viewPosition: 'AP' },
    study: {
      studyInstanceUid: '1.2.826.0.1.3680043.8.498.2',
      seriesInstanceUid: '1.2.826.0.1.3680043.8.498.3',
      date: '20250314',
    },
    patient: { name: 'Nobody^Test', id: 'T-1', sex: 'F', age: '067Y' },
    ...changes,
  }
}

/** The bytes of that film. */
export const film = (changes: Partial<DicomFilmSpec> = {}): Uint8Array => writeDicomFilm(filmSpec(changes))

/** The header of a film that must have one. */
export const headerOf = (bytes: Uint8Array): FilmHeader => {
  const header = readFilmHeader(bytes)
  if (header.kind !== 'ok') throw new Error(`no header: ${JSON.stringify(header)}`)
  return header.value
}

/** A film that must decode. */
export const decoded = async (bytes: Uint8Array): Promise<DecodedFilm> => {
  const outcome = await decodeFilm(bytes, headerOf(bytes))
  if (outcome.kind !== 'ok') throw new Error(`not decoded: ${JSON.stringify(outcome)}`)
  return outcome.value
}

/** The reason or code with which a film is refused, by its header or in decoding. */
export const refusalOf = async (bytes: Uint8Array): Promise<string> => {
  const header = readFilmHeader(bytes)
  const outcome = header.kind === 'ok' ? await decodeFilm(bytes, header.value) : header
  if (outcome.kind === 'ok') return 'none'
  return outcome.kind === 'rejected' ? outcome.reason : outcome.code
}
