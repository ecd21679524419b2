import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import codecs from 'dcmjs-codecs'
import { decodeFilm } from '../../src/imaging/decode-film.ts'
import type { WritableSyntax } from '../../src/imaging/dicom/write-dicom.ts'
import { type DicomFilmSpec, writeDicomFilm } from '../../src/imaging/dicom/write-dicom-film.ts'
import { readFilmHeader } from '../../src/imaging/read-film-header.ts'

/** A film file to decode in a bench. */
export type BenchFilm = { readonly encoding: string; readonly path: string }

/** The size of a bench film: that of the real hip. */
export const benchSize = { rows: 2140, columns: 1760 } as const
const { rows, columns } = benchSize
const bitsStored = 10
const realFilm = resolve(import.meta.dirname, '../../../shared/data/hip-dicom/RG2_UNC.dcm')

/** A film with structure and noise where the real one is absent; compressors find it harder than a real one. */
const drawnPixels = (): Uint16Array => {
  let state = 1
  return Uint16Array.from({ length: rows * columns }, (_, index) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const wave = Math.sin((index % columns) / 150) * Math.cos(index / columns / 130)
    return Math.round(512 + 400 * wave + (state >>> 28))
  })
}

const basePixels = async (): Promise<{ source: string; pixels: Uint16Array }> => {
  if (!existsSync(realFilm)) return { source: 'drawn', pixels: drawnPixels() }
  const bytes = new Uint8Array(readFileSync(realFilm))
  const header = readFilmHeader(bytes)
  const film = header.kind === 'ok' ? await decodeFilm(bytes, header.value) : header
  if (film.kind !== 'ok' || !('stored' in film.value)) throw new Error('the real film does not decode')
  return { source: 'real hip', pixels: Uint16Array.from(film.value.stored) }
}

const specOf = (pixels: Uint16Array): DicomFilmSpec => ({
  sopInstanceUid: '2.25.1',
  rows,
  columns,
  pixels,
  bitsStored,
  photometric: 'MONOCHROME2',
  acquisition: { modality: 'CR', intent: 'FOR PRESENTATION' },
  study: { studyInstanceUid: '2.25.2', seriesInstanceUid: '2.25.3', date: '20250101' },
})

const syntaxes: WritableSyntax[] = [
  'explicitLittleEndian',
  'implicitLittleEndian',
  'explicitBigEndian',
  'deflatedLittleEndian',
]

const codedFrames = async (pixels: Uint16Array): Promise<[string, string, Uint8Array][]> => {
  const { Context, NativeCodecs } = codecs
  await NativeCodecs.initializeAsync()
  const context = () =>
    new Context({
      width: columns,
      height: rows,
      bitsAllocated: 16,
      bitsStored,
      samplesPerPixel: 1,
      pixelRepresentation: 0,
      planarConfiguration: 0,
      photometricInterpretation: 'MONOCHROME2',
      decodedBuffer: new Uint8Array(pixels.slice().buffer),
    })
  const encoded = [
    ['rle', '1.2.840.10008.1.2.5', NativeCodecs.encodeRle(context())],
    ['jpegLossless', '1.2.840.10008.1.2.4.70', NativeCodecs.encodeJpeg(context(), { lossy: false })],
    ['jpegLs', '1.2.840.10008.1.2.4.80', NativeCodecs.encodeJpegLs(context())],
    ['jpeg2000', '1.2.840.10008.1.2.4.90', NativeCodecs.encodeJpeg2000(context())],
    ['htJpeg2000', '1.2.840.10008.1.2.4.201', NativeCodecs.encodeHtJpeg2000(context())],
  ] as const
  return encoded.map(([name, uid, result]) => [name, uid, result.getEncodedBuffer() ?? new Uint8Array()])
}

/** Writes one film in every encoding into a folder. */
export const writeBenchFilms = async (
  folder: string,
): Promise<{ source: string; films: readonly BenchFilm[] }> => {
  const { source, pixels } = await basePixels()
  const spec = specOf(pixels)
  const files: [string, Uint8Array][] = syntaxes.map((syntax) => [
    syntax,
    writeDicomFilm({ ...spec, syntax }),
  ])
  for (const [name, transferSyntaxUid, frame] of await codedFrames(pixels))
    files.push([name, writeDicomFilm({ ...spec, coded: { transferSyntaxUid, fragments: [frame] } })])
  const films = files.map(([encoding]) => ({ encoding, path: join(folder, `${encoding}.dcm`) }))
  await Promise.all(files.map(([encoding, bytes]) => writeFile(join(folder, `${encoding}.dcm`), bytes)))
  return { source, films }
}
