import { readingsOf } from '../../analytics/stores/finding-columns.ts'
import { createStoredReadingReader } from '../../analytics/stores/reading-reader.ts'
import type { FilmScreener, ModelSchedule } from '../../contracts/ports.ts'
import type { StoredReading } from '../../contracts/stored-reading.ts'
import type { FinderIdentity, ModelIdentity, Verdict } from '../../contracts/verdict.ts'
import { finderIdentityOf } from '../../inference/packages/model-manifest.ts'
import { createFilmScreener } from '../../inference/pipeline/screen-film.ts'
import { createRescreen, type RescreenReport, type RescreenResult } from '../../operations/rescreen.ts'
import { createByteBudget } from '../../runtime/byte-budget.ts'
import { createReadRecords } from '../../runtime/kafka/read-records.ts'
import { blobStoreOf } from '../film-store.ts'
import { type Connections, roleDepsOf } from '../open-engine.ts'
import type { Process } from '../open-process.ts'
import type { ServingShelf } from '../serving-shelf.ts'
import { startScreeningParts } from '../start-screening.ts'

export type RescreenOptions = {
  /** ISO 8601: `receivedAt` at or after it, and before `to`. */
  readonly from: string
  readonly to: string
  /** `NAME@VERSION`. */
  readonly model?: string | undefined
  readonly onFilm: (results: readonly RescreenResult[]) => void
  readonly onCrash: (error: Error) => void
}

/** The same packages at every instant. */
const pinned = (models: readonly ModelIdentity[], finder: FinderIdentity): ModelSchedule => ({
  primaryAt: () => models[0],
  shadowsAt: () => models.slice(1),
  finderAt: () => finder,
  refresh: async () => {},
})

const requireFinder = (shelf: ServingShelf, digest: string) => {
  const found = shelf.findFinder(digest)
  if (found === undefined) throw new Error(`no finder has the digest ${digest}`)
  return found
}

const storedReadingsOf = (verdict: Verdict): readonly StoredReading[] =>
  verdict.attributed
    ? readingsOf(verdict).map(({ name, reading: { model, probabilities } }) => ({
        hip: name,
        model,
        probabilities,
      }))
    : []

/** Reads films of the running engine again and compares; it publishes nothing. */
export const runRescreen = async (
  process: Process,
  { kafka, clickhouse }: Connections,
  options: RescreenOptions,
): Promise<RescreenReport> => {
  const deps = await roleDepsOf(process, kafka, options.onCrash)
  const { admin, ...parts } = await startScreeningParts(deps, {
    blobs: blobStoreOf(process),
    alarms: {
      raise: async ({ title, runbook, evidence }) => process.logger.error({ ...evidence, runbook }, title),
    },
    lifecycle: process.lifecycle,
  })
  const screeners = new Map<string, FilmScreener>()
  const screenerFor = (models: readonly ModelIdentity[], finderDigest: string): FilmScreener => {
    const key = JSON.stringify([models, finderDigest])
    const known = screeners.get(key)
    if (known !== undefined) return known
    const finder = finderIdentityOf(requireFinder(parts.shelf, finderDigest).manifest)
    const schedule = pinned(models, finder)
    const screener = createFilmScreener({ ...parts, schedule, finderAt: () => finder })
    screeners.set(key, screener)
    return screener
  }
  const rescreen = createRescreen({
    stored: createStoredReadingReader({ client: clickhouse }),
    readRecords: createReadRecords({ consume: kafka.consume, admin }),
    budget: createByteBudget(process.settings.bytesInFlight),
    hasFinder: (digest) => parts.shelf.findFinder(digest) !== undefined,
    hasPackage: (model) => parts.shelf.find(model) !== undefined,
    screenerFor,
    readingsOf: storedReadingsOf,
    onFilm: options.onFilm,
  })
  return rescreen({ from: options.from, to: options.to, model: options.model })
}
