import type { BlobStore } from '../contracts/ports.ts'
import type { RecordPublisher } from '../runtime/kafka/types.ts'
import { type Pause, realPause } from '../runtime/keep-trying.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Telemetry } from '../runtime/telemetry.ts'
import { createPublishArrival, type Keyring } from './publish-arrival.ts'
import { createFilmIntake, type FilmIntake, type GateFilm } from './receive-film.ts'
import { createSpool } from './spool.ts'
import type { SpoolOwner } from './spool-owner.ts'

export type StartFilmIntakeOptions = {
  /** Folder of the spool; several processes may share it. */
  readonly spoolFolder: string
  readonly gate: GateFilm
  readonly publisher: Pick<RecordPublisher, 'publish'>
  readonly blobs: Pick<BlobStore, 'put'>
  readonly keysOf: Keyring
  readonly telemetry: Telemetry
  readonly logger: Logger
  readonly now: () => Date
  readonly pause?: Pause
  readonly owner?: SpoolOwner
}

/** A keyring that asks for the keys of each site once; a failure is asked again. */
export const rememberKeys = (load: Keyring): Keyring => {
  const known = new Map<string, ReturnType<Keyring>>()
  return (siteId) => {
    const asked = known.get(siteId) ?? load(siteId)
    known.set(siteId, asked)
    asked.catch(() => known.delete(siteId))
    return asked
  }
}

/**
 * Opens the spool and the intake in front of it. `stop` lets the films in hand end: what Kafka has not
 * acknowledged by the next failure stays in the spool, and its sender is told that it is kept.
 */
export const startFilmIntake = async (options: StartFilmIntakeOptions): Promise<FilmIntake & Running> => {
  const { telemetry, logger, now, gate } = options
  const ending = new AbortController()
  const keysOf = rememberKeys(options.keysOf)
  const spool = await createSpool({
    folder: options.spoolFolder,
    logger,
    now,
    ...(options.owner === undefined ? {} : { owner: options.owner }),
  })
  const publish = createPublishArrival({
    publisher: options.publisher,
    spool,
    blobs: options.blobs,
    keysOf,
    telemetry,
    logger,
    pause: options.pause ?? realPause,
    now,
    signal: ending.signal,
  })
  const intake = createFilmIntake({ gate, spool, publish, keysOf, telemetry, logger })
  const inWork = new Set<Promise<unknown>>()
  const follow = async <Result>(work: Promise<Result>): Promise<Result> => {
    inWork.add(work)
    try {
      return await work
    } finally {
      inWork.delete(work)
    }
  }
  return {
    submit: (film) => follow(intake.submit(film)),
    resume: (onProgress) => follow(intake.resume(onProgress)),
    stop: async () => {
      ending.abort()
      await Promise.allSettled(inWork)
    },
  }
}
