import type { RecordPosition } from '../contracts/identifiers.ts'
import { inlineFilmBytes } from '../contracts/image-event.ts'
import type { BlobStore } from '../contracts/ports.ts'
import { filmLanes, receiptsTopic } from '../contracts/topics.ts'
import type { RecordPublisher } from '../runtime/kafka/types.ts'
import { keepTrying, type Pause } from '../runtime/keep-trying.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Telemetry } from '../runtime/telemetry.ts'
import { imageRecordOf, receiptRecordOf } from './image-record.ts'
import { signArrival } from './sign-arrival.ts'
import type { SiteKeys } from './site-keys.ts'
import type { Spool, SpoolEntry } from './spool.ts'

/** The keys of a site that sends through this process. */
export type Keyring = (siteId: string) => Promise<SiteKeys>

export type PublishArrivalDeps = {
  readonly publisher: Pick<RecordPublisher, 'publish'>
  readonly spool: Pick<Spool, 'remove'>
  readonly blobs: Pick<BlobStore, 'put'>
  readonly keysOf: Keyring
  readonly telemetry: Telemetry
  readonly logger: Logger
  readonly pause: Pause
  readonly now: () => Date
  /** Aborts when the process stops: what is not published by then waits in the spool. */
  readonly signal: AbortSignal
}

/**
 * Publishes a spooled film; undefined when the process stopped first and the film waits in the spool. Throws
 * SetupError SITE_KEYS_MISSING where the site's keys are gone.
 */
export type PublishArrival = (entry: SpoolEntry) => Promise<RecordPosition | undefined>

const longestWaitMs = 10_000

const createPublishImage = (deps: PublishArrivalDeps) => async (entry: SpoolEntry, keys: SiteKeys) => {
  const { arrival, film } = entry
  const dataref =
    film.length > inlineFilmBytes ? await deps.blobs.put(film, arrival.contentSha256) : undefined
  const traceparent = deps.telemetry.traceparent() ?? arrival.traceparent
  const signed = signArrival(keys, arrival, deps.now())
  const record = imageRecordOf(signed, film, { traceparent, dataref })
  const image = await deps.publisher.publish(filmLanes[arrival.lane], record)
  return { signed, image }
}

/**
 * Publishes what the spool keeps. For each film, in this order and never in another:
 *   1. the image record, 2. Kafka's acknowledgement with an offset, 3. the receipt, which names that offset,
 *   4. Kafka's acknowledgement of it, 5. the film leaves the spool, 6. the caller answers the sender.
 * A crash between any two steps repeats the earlier ones under the same arrival id.
 */
export const createPublishArrival = (deps: PublishArrivalDeps): PublishArrival => {
  const publishImage = createPublishImage(deps)
  const instruments = createInstruments(deps.telemetry)
  const insist = <Result>(what: string, work: () => Promise<Result>) =>
    keepTrying(work, {
      what,
      isWanted: () => !deps.signal.aborted,
      pause: (ms) => deps.pause(ms, deps.signal),
      longestWaitMs,
      logger: deps.logger,
    })
  return async function publishArrival(entry) {
    const { arrival, handle } = entry
    return deps.telemetry.span('publish arrival', { traceparent: arrival.traceparent }, async () => {
      const keys = await deps.keysOf(arrival.siteId)
      const sent = await insist('image record not stored, trying again', () => publishImage(entry, keys))
      if (sent === undefined) return undefined
      const { signed, image } = sent.value
      const receipt = await insist('receipt not stored, trying again', () =>
        deps.publisher.publish(
          receiptsTopic,
          receiptRecordOf(signed, image, deps.telemetry.traceparent() ?? arrival.traceparent),
        ),
      )
      if (receipt === undefined) return undefined
      await deps.spool.remove(handle)
      instruments.published(entry)
      return image
    })
  }
}

const createInstruments = ({ meter }: Telemetry) => {
  const films = meter.createCounter('producers_published_films_total')
  const bytes = meter.createCounter('producers_published_film_bytes_total')
  return {
    published: ({ arrival, film }: SpoolEntry) => {
      films.add(1, { gate: arrival.gateRefusal === undefined ? 'passed' : 'refused' })
      bytes.add(film.length)
    },
  }
}
