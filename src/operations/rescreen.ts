import type { FilmRecord } from '../contracts/film-record.ts'
import { filmRecordOf } from '../contracts/film-record.ts'
import { recordPointerOf } from '../contracts/identifiers.ts'
import type { FilmScreener } from '../contracts/ports.ts'
import type { StoredFilm, StoredReading, StoredReadingReader } from '../contracts/stored-reading.ts'
import { densityClasses, type ModelIdentity, type Verdict } from '../contracts/verdict.ts'
import type { ByteBudget } from '../runtime/byte-budget.ts'
import type { ReadRecords } from '../runtime/kafka/read-records.ts'
import type { ConsumedRecord } from '../runtime/kafka/types.ts'

/** How far a probability may be from the stored one on the same provider. */
export const rescreenTolerance = 1e-4

/** What became of a stored reading when its film was read again. */
export const rescreenResults = [
  'same',
  'differs',
  'otherProvider',
  'payloadExpired',
  'packageMissing',
] as const
export type RescreenResult = (typeof rescreenResults)[number]

export type RescreenDifference = {
  readonly arrivalId: string
  readonly hip: string
  /** `NAME@VERSION`. */
  readonly model: string
  /** Largest absolute difference of a probability; absent where there is no reading to compare. */
  readonly difference?: number
  /** Why there is none: how the film ended this time. */
  readonly why?: string
}

export type RescreenReport = {
  readonly films: number
  /** Readings, by what became of them. */
  readonly readings: Readonly<Record<RescreenResult, number>>
  /** Largest absolute difference of a probability on the same provider. */
  readonly maxDifference: number
  readonly tolerance: number
  /** The first 100 that differ. */
  readonly differences: readonly RescreenDifference[]
}

export type RescreenDeps = {
  readonly stored: StoredReadingReader
  readonly readRecords: ReadRecords
  readonly budget: ByteBudget
  /** Whether hips are found by what has this digest. */
  readonly hasFinder: (digest: string) => boolean
  /** Whether the package with exactly these digests can serve. */
  readonly hasPackage: (model: ModelIdentity) => boolean
  /** A screener that reads films with these packages and this finder, whenever they were received. */
  readonly screenerFor: (
    models: readonly ModelIdentity[],
    finderDigest: string,
  ) => Pick<FilmScreener, 'screen'>
  /** The readings of a verdict, their hips named as in the tables. */
  readonly readingsOf: (verdict: Verdict) => readonly StoredReading[]
  readonly onFilm: (results: readonly RescreenResult[]) => void
}

const listed = 100
const modelOf = ({ name, version }: ModelIdentity): string => `${name}@${version}`
const digestsOf = (model: ModelIdentity): string =>
  [model.weightsDigest, model.preprocessingDigest, model.thresholdsDigest].join(' ')

/** How a film that is not read like the last time ended. */
const endOf = ({ outcome }: Verdict): string => {
  if (outcome.kind === 'finding') return 'the hip was not found'
  return outcome.kind === 'rejected' ? outcome.reason : outcome.code
}

type Compared = { readonly result: RescreenResult; readonly difference?: number; readonly why?: string }

const compare = (
  film: StoredFilm,
  stored: StoredReading,
  again: Verdict,
  found: readonly StoredReading[],
): Compared => {
  const match = found.find(
    ({ hip, model }) => hip === stored.hip && digestsOf(model) === digestsOf(stored.model),
  )
  if (match === undefined) return { result: 'differs', why: endOf(again) }
  const difference = Math.max(
    ...densityClasses.map((name) => Math.abs(match.probabilities[name] - stored.probabilities[name])),
  )
  const provider = again.outcome.kind === 'finding' ? again.outcome.provider : ''
  if (provider !== film.provider) return { result: 'otherProvider', difference }
  return { result: difference <= rescreenTolerance ? 'same' : 'differs', difference }
}

/** Adds up what becomes of films. */
const createTally = (onFilm: RescreenDeps['onFilm']) => {
  const readings: Record<RescreenResult, number> = {
    same: 0,
    differs: 0,
    otherProvider: 0,
    payloadExpired: 0,
    packageMissing: 0,
  }
  const differences: RescreenDifference[] = []
  let [films, maxDifference] = [0, 0]
  return {
    add: (film: StoredFilm, results: readonly (Compared & { reading: StoredReading })[]): void => {
      films += 1
      for (const { reading, result, difference, why } of results) {
        readings[result] += 1
        if (result === 'same' || result === 'differs')
          maxDifference = Math.max(maxDifference, difference ?? 0)
        if (result !== 'differs' || differences.length >= listed) continue
        differences.push({
          arrivalId: film.arrivalId,
          hip: reading.hip,
          model: modelOf(reading.model),
          ...(difference === undefined ? {} : { difference }),
          ...(why === undefined ? {} : { why }),
        })
      }
      onFilm(results.map(({ result }) => result))
    },
    report: (): RescreenReport => ({
      films,
      readings,
      maxDifference,
      tolerance: rescreenTolerance,
      differences,
    }),
  }
}

/** Reads one film again with the finder and the packages of its stored readings, as far as they are there. */
const rescreenFilm = async (deps: RescreenDeps, film: StoredFilm, record: FilmRecord) => {
  const isFound = deps.hasFinder(film.finder)
  const present = film.readings.filter(({ model }) => isFound && deps.hasPackage(model))
  const models = [...new Map(present.map(({ model }) => [digestsOf(model), model])).values()]
  const again = models.length === 0 ? undefined : await deps.screenerFor(models, film.finder).screen(record)
  const isExpired = again?.outcome.kind === 'deadLettered' && again.outcome.code === 'PAYLOAD_EXPIRED'
  const found = again === undefined ? [] : deps.readingsOf(again)
  return film.readings.map((reading): Compared & { reading: StoredReading } => {
    if (again === undefined || !present.includes(reading)) return { reading, result: 'packageMissing' }
    if (isExpired) return { reading, result: 'payloadExpired' }
    return { reading, ...compare(film, reading, again, found) }
  })
}

const wantedOf = (films: Iterable<StoredFilm>) => {
  const wanted = new Map<number, bigint[]>()
  for (const { image } of films)
    wanted.set(image.partition, [...(wanted.get(image.partition) ?? []), BigInt(image.offset)])
  return wanted
}

/** Work that goes on side by side; its first failure is thrown to whoever waits or brings more. */
const createCrew = () => {
  const working = new Set<Promise<void>>()
  let failure: { readonly error: unknown } | undefined
  const throwIfFailed = (): void => {
    if (failure !== undefined) throw failure.error
  }
  return {
    throwIfFailed,
    add: (work: Promise<void>): void => {
      const settled = work
        .catch((error: unknown) => {
          failure ??= { error }
        })
        .finally(() => working.delete(settled))
      working.add(settled)
    },
    done: async (): Promise<void> => {
      await Promise.all(working)
      throwIfFailed()
    },
  }
}

/**
 * Reads films again whose records the images topic still holds, with the very packages that read them before, and
 * compares the probabilities. It only looks: no verdict is published, and no row changes.
 */
export const createRescreen =
  (deps: RescreenDeps) =>
  async (scope: Parameters<StoredReadingReader['pages']>[0]): Promise<RescreenReport> => {
    const tally = createTally(deps.onFilm)
    for await (const page of deps.stored.pages(scope)) {
      const open = new Map(
        page.filter(({ readings }) => readings.length > 0).map((film) => [recordPointerOf(film.image), film]),
      )
      const crew = createCrew()
      const work = async (film: StoredFilm, record: ConsumedRecord): Promise<void> => {
        try {
          tally.add(film, await rescreenFilm(deps, film, filmRecordOf(record)))
        } finally {
          deps.budget.release(record.value.length)
        }
      }
      const take = async (record: ConsumedRecord): Promise<void> => {
        crew.throwIfFailed()
        const position = recordPointerOf(record)
        const film = open.get(position)
        // A topic that was made anew holds another film at the same place.
        if (film === undefined || record.headers['ce_id'] !== film.arrivalId) return
        open.delete(position)
        await deps.budget.acquire(record.value.length)
        crew.add(work(film, record))
      }
      for (const [topic, films] of Map.groupBy(open.values(), ({ image }) => image.topic))
        await deps.readRecords(topic, wantedOf(films), take)
      await crew.done()
      for (const film of open.values())
        tally.add(
          film,
          film.readings.map((reading) => ({ reading, result: 'payloadExpired' as const })),
        )
    }
    return tally.report()
  }
