/** CPU milliseconds for a film from its file to a crop, by encoding, beside a pydicom and numpy script in one run. */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { cropRegion } from '../src/imaging/crop-region.ts'
import { decodeFilm } from '../src/imaging/decode-film.ts'
import { toGreyscale } from '../src/imaging/grey-film.ts'
import { readFilmHeader } from '../src/imaging/read-film-header.ts'
import { benchSize, writeBenchFilms } from './imaging/bench-films.ts'
import { findPython, type PythonPeer, startPython } from './python-peer.ts'

/** Rounds of both sides in turn, films a round, and the Python that has pydicom and numpy. */
export type ImagingBenchOptions = {
  readonly rounds?: number
  readonly films?: number
  readonly python?: string
}

const box = { x: 560, y: 760, width: 900, height: 900 }
const size = 224

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
const rounded = (value: number): number => Number(value.toPrecision(4))

const ourFilm = async (path: string): Promise<void> => {
  const bytes = readFileSync(path)
  const header = readFilmHeader(bytes)
  if (header.kind !== 'ok') throw new Error(JSON.stringify(header))
  const film = await decodeFilm(bytes, header.value)
  if (film.kind !== 'ok') throw new Error(JSON.stringify(film))
  cropRegion(toGreyscale(film.value), box, size, true)
}

/** Milliseconds of CPU for a film, over all threads of this process. */
const ourCpuMs = async (path: string, films: number): Promise<number> => {
  const before = process.cpuUsage()
  for (let film = 0; film < films; film += 1) await ourFilm(path)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / films
}

const answered = z.object({ cpuSeconds: z.number().optional() })

/** Milliseconds of CPU for a film in Python; nothing where it cannot decode it. */
const pythonCpuMs = async (
  peer: PythonPeer,
  path: string,
  films: number,
  hash: boolean,
): Promise<number | undefined> => {
  const place = [box.x, box.y, box.width, box.height]
  const { cpuSeconds } = answered.parse(await peer.ask({ path, films, hash, size, mirror: true, box: place }))
  return cpuSeconds === undefined ? undefined : cpuSeconds * 1000
}

const timeEncoding = async (path: string, peer: PythonPeer | undefined, rounds: number, films: number) => {
  await ourCpuMs(path, films)
  const ours: number[] = []
  const plain: number[] = []
  const hashed: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await ourCpuMs(path, films))
    if (peer === undefined) continue
    const without = await pythonCpuMs(peer, path, films, false)
    const with_ = await pythonCpuMs(peer, path, films, true)
    if (without !== undefined) plain.push(without)
    if (with_ !== undefined) hashed.push(with_)
  }
  const oursMs = rounded(median(ours))
  if (plain.length === 0) return { oursMs }
  const [pythonMs, pythonWithHashMs] = [rounded(median(plain)), rounded(median(hashed))]
  const ratio = rounded(pythonMs / oursMs)
  return { oursMs, pythonMs, pythonWithHashMs, ratio, ratioWithHash: rounded(pythonWithHashMs / oursMs) }
}

/**
 * Times every encoding. Ours hashes the pixels and turns the whole film grey, as in production; the script crops
 * only, once without and once with that hash, so the fair ratio lies between the two.
 */
export const run = async (options: ImagingBenchOptions = {}): Promise<object> => {
  const { rounds = 7, films = 6, python = findPython(['pydicom', 'numpy']) } = options
  const folder = await mkdtemp(join(tmpdir(), 'osteostream-bench-'))
  const peer =
    python === undefined
      ? undefined
      : startPython(python, join(import.meta.dirname, 'imaging', 'decode_and_crop.py'))
  try {
    const { source, films: files } = await writeBenchFilms(folder)
    const encodings: Record<string, Awaited<ReturnType<typeof timeEncoding>>> = {}
    for (const { encoding, path } of files)
      encodings[encoding] = await timeEncoding(path, peer, rounds, films)
    const pythonFound = peer !== undefined
    return { source, ...benchSize, cropSize: size, rounds, films, pythonFound, targetRatio: 2, encodings }
  } finally {
    peer?.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  console.log(JSON.stringify(await run(), null, 2))
