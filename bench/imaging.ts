/** CPU milliseconds for a film from its file to a crop, by encoding, beside a pydicom and numpy script in one run. */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { decodeFilm } from '../src/imaging/decode-film.ts'
import { cropRegion } from '../src/imaging/picture/crop-region.ts'
import { toGreyscale } from '../src/imaging/picture/grey-film.ts'
import { readFilmHeader } from '../src/imaging/read-film-header.ts'
import { releaseFilm } from '../src/imaging/release-film.ts'
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

const ourFilm = async (path: string, hash: boolean): Promise<void> => {
  const bytes = readFileSync(path)
  const header = readFilmHeader(bytes)
  if (header.kind !== 'ok') throw new Error(JSON.stringify(header))
  const film = await decodeFilm(bytes, header.value)
  if (film.kind !== 'ok') throw new Error(JSON.stringify(film))
  if (hash && film.value.pixelHash.length !== 64) throw new Error('no hash')
  cropRegion(toGreyscale(film.value), box, size, true)
  releaseFilm(bytes, film.value)
}

/** Milliseconds of CPU for a film, over all threads of this process. */
const ourCpuMs = async (path: string, films: number, hash: boolean): Promise<number> => {
  const before = process.cpuUsage()
  for (let film = 0; film < films; film += 1) await ourFilm(path, hash)
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
  await ourCpuMs(path, films, true)
  const ours: Record<'plain' | 'hashed', number[]> = { plain: [], hashed: [] }
  const python: Record<'plain' | 'hashed', number[]> = { plain: [], hashed: [] }
  for (let round = 0; round < rounds; round += 1)
    for (const kind of ['plain', 'hashed'] as const) {
      ours[kind].push(await ourCpuMs(path, films, kind === 'hashed'))
      const taken = peer && (await pythonCpuMs(peer, path, films, kind === 'hashed'))
      if (taken !== undefined) python[kind].push(taken)
    }
  const [oursMs, oursWithHashMs] = [rounded(median(ours.plain)), rounded(median(ours.hashed))]
  if (python.plain.length === 0) return { oursMs, oursWithHashMs }
  const [pythonMs, pythonWithHashMs] = [rounded(median(python.plain)), rounded(median(python.hashed))]
  return {
    oursMs,
    pythonMs,
    ratio: rounded(pythonMs / oursMs),
    oursWithHashMs,
    pythonWithHashMs,
    ratioWithHash: rounded(pythonWithHashMs / oursWithHashMs),
  }
}

/** Times every encoding: decoding and cropping, and the same with the hash of all pixels, on both sides. */
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
