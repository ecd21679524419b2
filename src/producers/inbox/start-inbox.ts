import type { FilmInbox } from '../../contracts/film-inbox.ts'
import type { BlobStore } from '../../contracts/ports.ts'
import { type Every, everyReally } from '../../runtime/every.ts'
import type { RecordPublisher } from '../../runtime/kafka/types.ts'
import { type Pause, realPause } from '../../runtime/keep-trying.ts'
import { startParts } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Telemetry } from '../../runtime/telemetry.ts'
import type { IsOptedOut } from '../opt-out.ts'
import { createPublishArrival, type Keyring } from '../publish-arrival.ts'
import type { SpoolOwner } from '../spool-owner.ts'
import { rememberKeys } from '../start-film-intake.ts'
import { openSealedInbox, type SealedInbox } from './film-inbox.ts'
import { createForwardFilms, type ForwardedFilm, type ForwardFilms } from './forward-films.ts'
import { type GateEntry, startGateWorkers } from './gate-in-worker.ts'
import { createWithholdFilm } from './withhold-film.ts'

export type StartInboxOptions = {
  readonly folder: string
  readonly key: Uint8Array
  readonly quotaBytes: number
  /** Threads that gate. */
  readonly workers: number
  /** Seconds after which a film that still waits is said to be late. */
  readonly lateAfterS: number
  readonly publisher: Pick<RecordPublisher, 'publish'>
  readonly blobs: Pick<BlobStore, 'put'>
  readonly keysOf: Keyring
  /** Nobody where not given. */
  readonly isOptedOut?: IsOptedOut
  readonly onForwarded?: (film: ForwardedFilm) => void
  readonly onCrash: (error: Error) => void
  readonly telemetry: Telemetry
  readonly logger: Logger
  readonly now: () => Date
  readonly pause?: Pause
  readonly every?: Every
  readonly owner?: SpoolOwner
  /** In the place of the threads, for tests. */
  readonly gate?: GateEntry
}

/** What waits in the inbox. */
export type InboxState = { readonly films: number; readonly bytes: number; readonly oldestS: number }

export type RunningInbox = FilmInbox & {
  readonly resume: ForwardFilms['resume']
  readonly state: () => InboxState
}

const lookMs = 60_000
const runbook = 'docs/runbook/spool.md'

const measure = ({ telemetry }: StartInboxOptions, state: () => InboxState): void => {
  const { meter } = telemetry
  const gauges = [
    ['producers_inbox_films', (now: InboxState) => now.films],
    ['producers_inbox_bytes', (now: InboxState) => now.bytes],
    ['producers_inbox_oldest_seconds', (now: InboxState) => now.oldestS],
  ] as const
  for (const [name, of] of gauges)
    meter.createObservableGauge(name).addCallback((result) => result.observe(of(state())))
}

/** Says once, and again when it has ended and begun anew, that films wait too long. */
const watchAge = (options: StartInboxOptions, state: () => InboxState): (() => void) => {
  let isLate = false
  return (options.every ?? everyReally)(lookMs, () => {
    const { oldestS, films } = state()
    const wasLate = isLate
    isLate = oldestS > options.lateAfterS
    if (isLate && !wasLate)
      options.logger.error({ oldestS, films, runbook }, 'films wait too long in the inbox')
    if (!isLate && wasLate) options.logger.info({ films }, 'the inbox is no longer late')
  })
}

const gateOf = async (options: StartInboxOptions) =>
  options.gate === undefined
    ? startGateWorkers({ workers: options.workers, sealKey: options.key, logger: options.logger })
    : { gate: options.gate, stop: async () => {} }

/** What empties an inbox. */
const forwarderOf = (
  options: StartInboxOptions,
  parts: { readonly inbox: SealedInbox; readonly gate: GateEntry; readonly signal: AbortSignal },
): ForwardFilms => {
  const { publisher, blobs, telemetry, logger, now } = options
  const received = telemetry.meter.createCounter('producers_received_files_total')
  const { inbox, gate, signal } = parts
  const common = {
    inbox,
    publisher,
    keysOf: rememberKeys(options.keysOf),
    logger,
    now,
    pause: options.pause ?? realPause,
    signal,
  }
  return createForwardFilms({
    ...common,
    gate,
    publish: createPublishArrival({ ...common, spool: inbox, blobs, telemetry }),
    isOptedOut: options.isOptedOut ?? (async () => false),
    withhold: createWithholdFilm(common),
    onForwarded: (film) => {
      received.add(1, { via: film.entry.kept.via, refusal: film.arrival.gateRefusal ?? 'none' })
      options.onForwarded?.(film)
    },
    onCrash: options.onCrash,
  })
}

/**
 * Opens the inbox and what empties it. `stop` lets the films in hand end; what Kafka has not acknowledged by the next
 * failure waits in the inbox for the next start.
 */
export const startInbox = (options: StartInboxOptions) =>
  startParts(options.logger, async (lifecycle) => {
    const { telemetry, now } = options
    const ending = new AbortController()
    const gating = await gateOf(options)
    lifecycle.add('gate', gating.stop)
    const inbox = await openSealedInbox({
      ...options,
      traceparent: telemetry.traceparent,
      onKept: (handle, kept) => forward.add(handle, kept.siteId),
    })
    const forward = forwarderOf(options, { inbox, gate: gating.gate, signal: ending.signal })
    lifecycle.add('inbox', async () => {
      inbox.close()
      ending.abort()
      await forward.ended()
    })
    const state = (): InboxState => {
      const { films, bytes, oldestMs } = inbox.contents()
      const oldestS =
        oldestMs === undefined ? 0 : Math.max(0, Math.round((now().getTime() - oldestMs) / 1000))
      return { films, bytes, oldestS }
    }
    measure(options, state)
    const stopWatching = watchAge(options, state)
    lifecycle.add('inbox age', async () => stopWatching())
    return { open: inbox.open, resume: forward.resume, state } satisfies RunningInbox
  })
