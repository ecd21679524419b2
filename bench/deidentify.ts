/**
 * De-identification: headers a second on one core with uncompressed pixels that are left as they are, and what cleaning a
 * codestream costs beside decoding it, by encoding.
 */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cleanCodestream } from '../src/imaging/codestream/clean-codestream.ts'
import { decodeFilm } from '../src/imaging/decode-film.ts'
import { deidentifyFilm } from '../src/imaging/deidentify/deidentify-film.ts'
import { recodedCodecOf, recodeFilm } from '../src/imaging/deidentify/recode-film.ts'
import { codingOf } from '../src/imaging/dicom/dicom-tags.ts'
import { joinFragments } from '../src/imaging/dicom/pixel-fragments.ts'
import { writeDicomFilm } from '../src/imaging/dicom/write-dicom-film.ts'
import type { FilmHeader } from '../src/imaging/film-header.ts'
import { readFilmHeader } from '../src/imaging/read-film-header.ts'
import { benchSize, writeBenchFilms } from './imaging/bench-films.ts'

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
const rounded = (value: number): number => Number(value.toPrecision(3))

/** Milliseconds of CPU of this process for one round of work. */
const cpuMs = async (rounds: number, work: () => unknown): Promise<number> => {
  await work()
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const before = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(before)
    times.push((user + system) / 1000)
  }
  return median(times)
}

const headerOf = (bytes: Uint8Array): FilmHeader => {
  const header = readFilmHeader(bytes)
  if (header.kind !== 'ok') throw new Error(JSON.stringify(header))
  return header.value
}

const replacementUid = (uid: string): string => `2.25.${uid.length}`

const deidentify = async (bytes: Uint8Array): Promise<void> => {
  const outcome = await deidentifyFilm(bytes, headerOf(bytes), { replacementUid })
  if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome))
}

/** A film of few pixels under a whole header: what is left is the cost of the header. */
const headerFilm = (): Uint8Array =>
  writeDicomFilm({
    sopInstanceUid: '2.25.1',
    rows: 64,
    columns: 64,
    pixels: new Uint16Array(64 * 64),
    bitsStored: 12,
    photometric: 'MONOCHROME2',
    acquisition: {
      modality: 'DX',
      intent: 'FOR PRESENTATION',
      maker: 'Siemens',
      model: 'Ysio Max',
      bodyPart: 'HIP',
    },
    study: { studyInstanceUid: '2.25.2', seriesInstanceUid: '2.25.3', date: '20250101' },
    patient: { name: 'Nobody^Test', id: 'T-1', age: '067Y', birthDate: '19580101' },
    more: Array.from({ length: 200 }, (_, index) => [0x00191000 + index, 'LO', 'private text'] as const),
  })

const codestreamCost = async (bytes: Uint8Array, rounds: number) => {
  const { dicom, rows, columns } = headerOf(bytes)
  const { codec = 'native' } = codingOf(dicom?.transferSyntaxUid ?? '') ?? {}
  if (codec === 'native' || dicom === undefined) return {}
  const stream = joinFragments(bytes, dicom.element.fragments ?? [])
  const recoded = recodedCodecOf(codec)
  const cleanMs = await cpuMs(rounds, async () => {
    const cleaned = cleanCodestream(codec, stream, { pixels: rows * columns, planes: 2 })
    if (recoded === undefined || cleaned.kind !== 'ok') return
    // Decoded, coded anew, decoded again and compared: that is what cleaning it costs.
    await recodeFilm(cleaned.value, headerOf(bytes), { codec: recoded, lossy: false })
  })
  const decodeMs = await cpuMs(rounds, () => decodeFilm(bytes, headerOf(bytes)))
  return { codestreamBytes: stream.length, cleanMs: rounded(cleanMs), decodeMs: rounded(decodeMs) }
}

/** Measures headers a second, whole films by encoding, and the cost of cleaning each codestream. */
export const run = async (rounds = 7): Promise<object> => {
  const film = headerFilm()
  const headers = 400
  const headerMs = await cpuMs(rounds, async () => {
    for (let index = 0; index < headers; index += 1) await deidentify(film)
  })
  const folder = await mkdtemp(join(tmpdir(), 'osteostream-bench-'))
  try {
    const { source, films } = await writeBenchFilms(folder)
    const encodings: Record<string, object> = {}
    for (const { encoding, path } of films) {
      const bytes = new Uint8Array(readFileSync(path))
      const deidentifyMs = rounded(await cpuMs(rounds, () => deidentify(bytes)))
      encodings[encoding] = { deidentifyMs, ...(await codestreamCost(bytes, rounds)) }
    }
    const headersPerCpuSecond = Math.round((headers * 1000) / headerMs)
    return { headersPerCpuSecond, targetPerSecond: 200, source, ...benchSize, rounds, encodings }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
