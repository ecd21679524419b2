/**
 * CPU milliseconds a crop for each classifier: the engine's worker with its micro-batches, the bare ONNX Runtime session
 * of Node, and Python's onnxruntime on the same file, interleaved; then the same file rounded to dynamic int8.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { openModelShelf } from '../src/inference/classifiers/classifier-shelf.ts'
import { createClassifyCrop } from '../src/inference/classifiers/classify-crops.ts'
import { startFilmPool } from '../src/inference/evaluation/start-film-reader.ts'
import { finderOf } from '../src/inference/packages/choose-package.ts'
import type { ClassifierManifest } from '../src/inference/packages/model-manifest.ts'
import type { ModelPackage } from '../src/inference/packages/model-package.ts'
import { openOnnxSession } from '../src/inference/packages/onnx-session.ts'
import type { FilmPool } from '../src/inference/pipeline/prepare-film.ts'
import { readSettings } from '../src/runtime/config.ts'
import { silentLogger } from '../src/runtime/logger.ts'
import { findPython, type PythonPeer, startPython } from './python-peer.ts'
import { spreadOf } from './support.ts'

const batch = 4
const batches = 8
const turns = 9

const crops = (size: number): Uint8Array[] =>
  Array.from({ length: batch }, (_, index) =>
    Uint8Array.from(
      { length: size * size },
      (_value, place) => ((place * 2_654_435_761 + index) >>> 7) & 255,
    ),
  )

const joined = (images: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const out = new Uint8Array(images.reduce((sum, image) => sum + image.length, 0))
  for (const [index, image] of images.entries()) out.set(image, index * image.length)
  return out
}

/** CPU milliseconds a crop over all threads of this process. */
const cpuMs = async (work: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage()
  for (let turn = 0; turn < batches; turn += 1) await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / batches / batch
}

const answered = z.object({ cpuSeconds: z.number() })
const quantised = z.object({ megabytes: z.number() })

const pythonMs = async (peer: PythonPeer, path: string, { input }: ClassifierManifest): Promise<number> => {
  const request = { run: path, input: input.name, size: input.size, batch, batches }
  return answered.parse(await peer.ask(request)).cpuSeconds * 1000
}

const openBare = async (path: string, { input }: ClassifierManifest) =>
  openOnnxSession(await readFile(path), { provider: 'cpu', inputName: input.name, inputSize: input.size })

type Sides = { readonly pool: FilmPool; readonly peer: PythonPeer | undefined; readonly folder: string }

const timeInt8 = async (
  { manifest, folder: packageFolder }: ModelPackage<ClassifierManifest>,
  { folder }: Sides,
  peer: PythonPeer,
) => {
  const path = join(folder, `${manifest.name}-int8.onnx`)
  const { megabytes } = quantised.parse(
    await peer.ask({ quantise: join(packageFolder, 'model.onnx'), to: path }),
  )
  const session = await openBare(path, manifest)
  const images = joined(crops(manifest.input.size))
  const ours: number[] = []
  const python: number[] = []
  await session.run(images, batch)
  for (let turn = 0; turn < turns; turn += 1) {
    ours.push(await cpuMs(() => session.run(images, batch)))
    python.push(await pythonMs(peer, path, manifest))
  }
  await session.release()
  return { megabytes: Number(megabytes.toFixed(1)), bareMs: spreadOf(ours), pythonMs: spreadOf(python) }
}

const timeModel = async (model: ModelPackage<ClassifierManifest>, sides: Sides) => {
  const { pool, peer } = sides
  const path = join(model.folder, 'model.onnx')
  const bare = await openBare(path, model.manifest)
  const classify = createClassifyCrop({ pool, batchSize: batch, maxWaitMs: 0 })
  const images = crops(model.manifest.input.size)
  const whole = joined(images)
  const inEngine = () => Promise.all(images.map((image) => classify(model, image)))
  await Promise.all([inEngine(), bare.run(whole, batch)])
  const engineMs: number[] = []
  const bareMs: number[] = []
  const inPython: number[] = []
  for (let turn = 0; turn < turns; turn += 1) {
    engineMs.push(await cpuMs(inEngine))
    bareMs.push(await cpuMs(() => bare.run(whole, batch)))
    if (peer !== undefined) inPython.push(await pythonMs(peer, path, model.manifest))
  }
  await bare.release()
  const ratios = (others: readonly number[]) =>
    spreadOf(others.map((ms, turn) => ms / (engineMs[turn] ?? ms)))
  return {
    cropsASecondACore: spreadOf(engineMs.map((ms) => 1000 / ms)),
    engineMs: spreadOf(engineMs),
    bareMs: spreadOf(bareMs),
    againstBare: ratios(bareMs),
    ...(peer === undefined
      ? {}
      : {
          pythonMs: spreadOf(inPython),
          againstPython: ratios(inPython),
          int8: await timeInt8(model, sides, peer),
        }),
  }
}

/** Times every classifier in the models folder; without a Python that has onnxruntime and onnx its side is left out. */
export const run = async (): Promise<object> => {
  const { modelsDir } = readSettings()
  const { finder, classifiers } = await openModelShelf(modelsDir, silentLogger)
  const python = findPython(['onnxruntime', 'onnx'])
  if (python === undefined)
    console.error(
      'no python3 with onnxruntime and onnx: activate an environment made of training/requirements.txt',
    )
  const folder = await mkdtemp(join(tmpdir(), 'osteostream-bench-'))
  const peer =
    python === undefined
      ? undefined
      : startPython(python, join(import.meta.dirname, 'models', 'onnx_peer.py'))
  const pool = await startFilmPool({
    finder: finderOf(finder, modelsDir),
    cropSizes: [...new Set(classifiers.map(({ manifest }) => manifest.input.size))],
    provider: 'cpu',
    workers: 1,
    logger: silentLogger,
  })
  try {
    const figures: Record<string, Awaited<ReturnType<typeof timeModel>>> = {}
    for (const model of classifiers) {
      const { name, version } = model.manifest
      console.error(`${name}@${version}`)
      figures[`${name}@${version}`] = await timeModel(model, { pool, peer, folder })
    }
    return {
      batch,
      turns,
      pythonFound: peer !== undefined,
      goals: { againstBare: 0.97, againstPython: 0.98 },
      models: figures,
    }
  } finally {
    peer?.stop()
    await pool.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
