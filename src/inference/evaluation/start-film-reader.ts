import type { Running } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import { startWorkerPool } from '../../runtime/worker-pool.ts'
import { createClassifyCrop } from '../classifiers/classify-crops.ts'
import {
  type ClassifierManifest,
  type FinderManifest,
  finderIdentityOf,
  identityOf,
} from '../packages/model-manifest.ts'
import type { ModelPackage } from '../packages/model-package.ts'
import type { FilmPool } from '../pipeline/prepare-film.ts'
import type { FilmAnswer, FilmTask, FilmWorkerData, Heat } from '../workers/film-tasks.ts'
import { createFilmReader, type FilmReader } from './read-film.ts'

export type FilmPoolOptions = {
  readonly finder: ModelPackage<FinderManifest>
  /** Edge lengths of the regions, in pixels. */
  readonly cropSizes: readonly number[]
  readonly provider: FilmWorkerData['provider']
  readonly workers: number
  readonly logger: Logger
}

/** Starts worker threads like those of screening. */
export const startFilmPool = async (options: FilmPoolOptions): Promise<FilmPool> => {
  const { finder, cropSizes, provider, workers, logger } = options
  const { digest } = finderIdentityOf(finder.manifest)
  const workerData: FilmWorkerData = { finders: [{ folder: finder.folder, digest }], cropSizes, provider }
  return startWorkerPool<FilmTask, FilmAnswer>({
    name: 'film',
    file: new URL('../workers/film-worker.ts', import.meta.url),
    size: workers,
    workerData,
    taskTimeoutMs: 30_000,
    maxHeapMb: 1024,
    logger,
  })
}

export type StartFilmReaderOptions = Omit<FilmPoolOptions, 'cropSizes'> & {
  readonly folder: string
  readonly classifiers: readonly ModelPackage<ClassifierManifest>[]
}

/** A reader with worker threads of its own, and how many films it takes at a time. */
export type RunningFilmReader = Running & {
  readonly read: FilmReader
  readonly concurrency: number
  /** Where the first package looks on a crop; undefined where it does not say. */
  readonly lookAt: ((crop: Uint8Array) => Promise<Heat>) | undefined
}

const createLookAt = (pool: FilmPool, [first]: StartFilmReaderOptions['classifiers']) => {
  if (first?.manifest.outputs.heat === undefined) return undefined
  const { weightsDigest } = identityOf(first.manifest)
  return async (crop: Uint8Array): Promise<Heat> => {
    const answered = await pool.run(
      { kind: 'heat', packageFolder: first.folder, weightsDigest, image: crop },
      [],
    )
    if (answered.ok && answered.value.kind === 'heat') return answered.value.heat
    throw new Error(`no heat map: ${answered.ok ? 'another answer' : answered.failure.detail}`)
  }
}

/**
 * Starts a reader. Crops go through the model one by one: the sums within a batch depend on its size in the last bits,
 * and the same films must give the same card.
 */
export const startFilmReader = async (options: StartFilmReaderOptions): Promise<RunningFilmReader> => {
  const { folder, classifiers, workers } = options
  const cropSizes = [...new Set(classifiers.map(({ manifest }) => manifest.input.size))]
  const pool = await startFilmPool({ ...options, cropSizes })
  const classify = createClassifyCrop({ pool, batchSize: 1, maxWaitMs: 0 })
  return {
    read: createFilmReader({
      folder,
      pool,
      classify,
      classifiers,
      finder: finderIdentityOf(options.finder.manifest),
    }),
    concurrency: 2 * workers,
    lookAt: createLookAt(pool, classifiers),
    stop: pool.stop,
  }
}
