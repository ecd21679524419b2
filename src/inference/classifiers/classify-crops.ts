import type { DeadLetterCode } from '../../contracts/reasons.ts'
import { RetryLater } from '../../runtime/errors.ts'
import { failed, ok } from '../../runtime/outcome.ts'
import { type ClassifierManifest, identityOf } from '../packages/model-manifest.ts'
import type { ModelPackage } from '../packages/model-package.ts'
import type { FilmPool } from '../pipeline/prepare-film.ts'
import type { RawReading } from './decide.ts'
import { createMicroBatcher, type MicroBatcher } from './micro-batcher.ts'

type Read = { readonly reading: RawReading; readonly provider: string }

export type CropReading =
  | { readonly kind: 'ok'; readonly value: Read }
  | { readonly kind: 'failed'; readonly code: DeadLetterCode; readonly detail: string }

/** Reads one crop with one model. */
export type ClassifyCrop = (model: ModelPackage<ClassifierManifest>, crop: Uint8Array) => Promise<CropReading>

/** How often a crop that is alone in its batch may cost a worker. */
const attempts = 2

const runOnce = async (
  pool: FilmPool,
  model: ModelPackage<ClassifierManifest>,
  crops: readonly Uint8Array[],
) => {
  const length = model.manifest.input.size ** 2
  const images = new Uint8Array(length * crops.length)
  for (const [index, crop] of crops.entries()) images.set(crop, index * length)
  const { weightsDigest } = identityOf(model.manifest)
  const task = { kind: 'classify', packageFolder: model.folder, weightsDigest, images } as const
  return pool.run({ ...task, count: crops.length }, [images.buffer])
}

/** Runs a batch; a batch that kills its worker is halved until the poison crop is alone. */
const runBatch = async (
  pool: FilmPool,
  model: ModelPackage<ClassifierManifest>,
  crops: readonly Uint8Array[],
  attempt = 1,
): Promise<CropReading[]> => {
  const answer = await runOnce(pool, model, crops)
  if (answer.ok) {
    if (answer.value.kind !== 'classified') throw new Error('a film worker answered another question')
    const { readings, provider } = answer.value
    return readings.map((reading) => ok({ reading, provider }))
  }
  if (answer.failure.kind === 'unavailable') throw new RetryLater(answer.failure.detail)
  if (crops.length > 1) {
    const middle = Math.ceil(crops.length / 2)
    const halves = [crops.slice(0, middle), crops.slice(middle)]
    return (await Promise.all(halves.map((half) => runBatch(pool, model, half)))).flat()
  }
  if (attempt < attempts) return runBatch(pool, model, crops, attempt + 1)
  return [
    failed(
      answer.failure.kind === 'crashed' ? 'INFERENCE_CRASHED' : 'INFERENCE_TIMEOUT',
      answer.failure.detail,
    ),
  ]
}

/** Creates the micro-batched access to the models, one batcher for each package. */
export const createClassifyCrop = (deps: {
  pool: FilmPool
  batchSize: number
  maxWaitMs: number
}): ClassifyCrop => {
  const batchers = new Map<string, MicroBatcher<Uint8Array, CropReading>>()
  return (model, crop) => {
    const batcher =
      batchers.get(model.folder) ??
      createMicroBatcher<Uint8Array, CropReading>({
        maxBatch: deps.batchSize,
        maxWaitMs: deps.maxWaitMs,
        run: (crops) => runBatch(deps.pool, model, crops),
      })
    batchers.set(model.folder, batcher)
    return batcher.add(crop)
  }
}
