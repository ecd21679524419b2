import type { RecordPosition } from '../../contracts/identifiers.ts'
import { isRetryable, SetupError } from '../../runtime/errors.ts'
import { keepTrying, type Pause } from '../../runtime/keep-trying.ts'
import type { Logger } from '../../runtime/logger.ts'
import { sha256Of } from '../../runtime/sha256.ts'
import { identifyFilm } from '../identify-film.ts'
import type { IsOptedOut } from '../opt-out.ts'
import type { Keyring, PublishArrival } from '../publish-arrival.ts'
import type { GatedFilm } from '../receive-film.ts'
import type { SpoolEntry, SpooledArrival } from '../spool.ts'
import type { SpoolHandle } from '../spool-folder.ts'
import type { SealedInbox } from './film-inbox.ts'
import type { GateEntry } from './gate-in-worker.ts'
import type { GatedEntry } from './gate-tasks.ts'
import type { InboxEntry } from './kept-film.ts'
import type { WithholdFilm } from './withhold-film.ts'

/** What became of a film that came in. */
export type ForwardedFilm = {
  readonly entry: InboxEntry
  readonly arrival: SpooledArrival
  readonly gated: GatedFilm
  readonly image: RecordPosition
}

export type ForwardFilmsDeps = {
  readonly inbox: Pick<SealedInbox, 'list' | 'read' | 'setAside'>
  readonly gate: GateEntry
  readonly publish: PublishArrival
  readonly keysOf: Keyring
  readonly isOptedOut: IsOptedOut
  readonly withhold: WithholdFilm
  readonly onForwarded?: (film: ForwardedFilm) => void
  readonly logger: Logger
  readonly pause: Pause
  /** Aborts when the process stops: what is not published by then waits in the inbox. */
  readonly signal: AbortSignal
  /** A fault of the program: the process must end. */
  readonly onCrash: (error: Error) => void
}

/** Takes films out of the inbox, in the order of their numbers for each site; sites do not wait for each other. */
export type ForwardFilms = {
  readonly add: (handle: SpoolHandle, siteId: string) => void
  /** Adds what earlier processes left, oldest first; resolves when it is queued. */
  readonly resume: () => Promise<number>
  /** Films that are queued or in work. */
  readonly waiting: () => number
  /** Resolves when the films in hand have ended; call it after the signal. */
  readonly ended: () => Promise<void>
}

/** A film that was looked at and is ready to be published. */
type Prepared = {
  readonly entry: InboxEntry
  readonly spooled: SpoolEntry
  readonly gated: GatedFilm
  readonly isWithheld: boolean
}

const nothing = new Uint8Array(0)
const longestWaitMs = 60_000

const spooledOf = (
  { handle, kept }: InboxEntry,
  { gated, sha256 }: GatedEntry,
  keys: Awaited<ReturnType<Keyring>>,
): SpoolEntry => {
  const film = gated.kind === 'passed' ? gated.film : nothing
  const { arrivalId, siteId, spoolId, sequence, receivedAt, lane, traceparent } = kept
  const arrival: SpooledArrival = {
    arrivalId,
    siteId,
    spoolId,
    sequence,
    receivedAt,
    lane,
    ...identifyFilm(keys, gated.identity, sha256),
    contentType: gated.contentType,
    contentSize: film.length,
    contentSha256: sha256Of(film),
    attributes: gated.attributes,
    ...(gated.kind === 'refused' ? { gateRefusal: gated.refusal } : {}),
    ...(traceparent === undefined ? {} : { traceparent }),
  }
  return { handle, arrival, film }
}

/** Opens, gates and identifies a film; undefined where there is nothing to publish, or the process stops. */
const createPrepare =
  (deps: ForwardFilmsDeps) =>
  async (handle: SpoolHandle): Promise<Prepared | undefined> => {
    const done = await keepTrying(
      async () => {
        const entry = await deps.inbox.read(handle)
        if (entry === undefined) return undefined
        const keys = await deps.keysOf(entry.kept.siteId)
        const looked = await deps.gate(entry, keys)
        if (looked !== undefined) {
          const spooled = spooledOf(entry, looked, keys)
          const isWithheld = await deps.isOptedOut(entry.kept.siteId, spooled.arrival.subjectKey)
          return { entry, gated: looked.gated, spooled, isWithheld }
        }
        await deps.inbox.setAside(handle, 'its film cannot be opened')
        return undefined
      },
      {
        what: 'film in the inbox cannot be gated, trying again',
        // Keys that are missing come back with their backup; the film waits, and those of other sites go on.
        mayMend: (error) => error instanceof SetupError || isRetryable(error),
        isWanted: () => !deps.signal.aborted,
        pause: (ms) => deps.pause(ms, deps.signal),
        longestWaitMs,
        logger: deps.logger,
      },
    )
    return done?.value
  }

const letGo = async (deps: ForwardFilmsDeps, prepared: Prepared): Promise<void> => {
  const { spooled } = prepared
  if (prepared.isWithheld) return deps.withhold(spooled)
  const image = await deps.publish(spooled)
  if (image !== undefined) deps.onForwarded?.({ ...prepared, arrival: spooled.arrival, image })
}

/** Publishes the films of one site one after another; the next one is gated meanwhile. */
const forwardSite = async (
  deps: ForwardFilmsDeps,
  queue: SpoolHandle[],
  ended: () => void,
): Promise<void> => {
  const prepare = createPrepare(deps)
  let ahead: Promise<Prepared | undefined> | undefined
  const next = (): Promise<Prepared | undefined> | undefined => {
    const handle = deps.signal.aborted ? undefined : queue.shift()
    return handle === undefined ? undefined : prepare(handle)
  }
  for (ahead = next(); ahead !== undefined; ) {
    const prepared = await ahead
    const following = next()
    // Where publishing fails first, the film behind it must not be left without an owner.
    following?.catch(() => {})
    if (prepared !== undefined) await letGo(deps, prepared)
    ended()
    ahead = following ?? next()
  }
}

const inOrder = (one: InboxEntry, other: InboxEntry): number =>
  one.kept.receivedAt === other.kept.receivedAt
    ? one.kept.sequence - other.kept.sequence
    : one.kept.receivedAt < other.kept.receivedAt
      ? -1
      : 1

/** Creates what empties the inbox. */
export const createForwardFilms = (deps: ForwardFilmsDeps): ForwardFilms => {
  const queues = new Map<string, { readonly handles: SpoolHandle[]; work: Promise<void> | undefined }>()
  let waiting = 0
  const start = (siteId: string): void => {
    const queue = queues.get(siteId)
    if (queue === undefined || queue.work !== undefined || deps.signal.aborted) return
    queue.work = forwardSite(deps, queue.handles, () => void (waiting -= 1)).then(
      () => {
        queue.work = undefined
        if (queue.handles.length > 0) start(siteId)
      },
      (error: unknown) => deps.onCrash(error instanceof Error ? error : new Error(String(error))),
    )
  }
  const add: ForwardFilms['add'] = (handle, siteId) => {
    const queue = queues.get(siteId) ?? { handles: [], work: undefined }
    queues.set(siteId, queue)
    queue.handles.push(handle)
    waiting += 1
    start(siteId)
  }
  return {
    add,
    resume: async () => {
      const entries: InboxEntry[] = []
      for (const handle of await deps.inbox.list()) {
        const entry = await deps.inbox.read(handle)
        if (entry !== undefined) entries.push(entry)
      }
      for (const entry of entries.toSorted(inOrder)) add(entry.handle, entry.kept.siteId)
      return entries.length
    },
    waiting: () => waiting,
    ended: async () => {
      for (const { work } of queues.values()) await work
    },
  }
}
