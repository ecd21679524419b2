import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { filmAttributesSchema } from '../contracts/film-attributes.ts'
import { filmLaneSchema } from '../contracts/lane.ts'
import { arrivalSchema, gateRefusalSchema } from '../contracts/signed-film.ts'
import { syncFolder, type WriteDurably, writeDurably } from '../runtime/durable-file.ts'
import { SetupError } from '../runtime/errors.ts'
import type { Logger } from '../runtime/logger.ts'
import { makeFolder } from '../runtime/make-folder.ts'
import { readIfThere } from '../runtime/read-if-there.ts'
import { sha256Of } from '../runtime/sha256.ts'
import { mintArrivalId } from './arrival-id.ts'
import {
  claimEntries,
  dropEmpty,
  filmSuffix,
  handleOf,
  readSides,
  type SpoolHandle,
  setAside,
  sideSuffix,
} from './spool-folder.ts'
import { type SpoolOwner, thisProcess } from './spool-owner.ts'
import { openSpoolSequence, type SpoolNumber } from './spool-sequence.ts'

/** What stands beside a spooled film: all that its record and its receipt will say. */
export const spooledArrivalSchema = arrivalSchema.omit({ sentAt: true }).extend({
  attributes: filmAttributesSchema,
  gateRefusal: gateRefusalSchema.optional(),
  /** On which lane it travels: the same one at every try. */
  lane: filmLaneSchema,
  /** The trace in which the film came in. */
  traceparent: z.string().max(100).optional(),
})
export type SpooledArrival = z.infer<typeof spooledArrivalSchema>

/** An arrival before it is safe: it gets its id, its number and its instant from the spool. */
export type ArrivalDraft = Omit<
  SpooledArrival,
  'arrivalId' | 'receivedAt' | 'spoolId' | 'sequence' | 'contentSize' | 'contentSha256'
>

/** A film that is safe, and what its record will say. */
export type SpoolEntry = {
  readonly handle: SpoolHandle
  readonly arrival: SpooledArrival
  /** De-identified; empty where the gate kept the file back. */
  readonly film: Uint8Array
}

/** Films that are safe on this machine until Kafka has them. */
export type Spool = {
  /**
   * Keeps a film. When it resolves, the film survives a power cut, and its arrival id, number and instant are fixed.
   * Throws SetupError DISK_FULL with nothing kept.
   */
  readonly store: (draft: ArrivalDraft, film: Uint8Array, receivedAt?: Date) => Promise<SpoolEntry>
  /** What processes that have died left behind, oldest first. */
  readonly list: () => Promise<readonly SpoolHandle[]>
  /** Reads an entry; one that cannot be read is set aside with a log line, and undefined comes back. */
  readonly read: (handle: SpoolHandle) => Promise<SpoolEntry | undefined>
  readonly remove: (handle: SpoolHandle) => Promise<void>
}

export type SpoolOptions = {
  readonly folder: string
  readonly logger: Logger
  readonly now: () => Date
  readonly write?: WriteDurably
  readonly owner?: SpoolOwner
}

const openFolder = async (folder: string): Promise<void> => {
  try {
    await makeFolder(folder, 0o700)
  } catch (error) {
    throw new SetupError(
      'DATA_DIR_UNUSABLE',
      `the spool folder ${folder} cannot be made`,
      'set OSTEOSTREAM_DATA_DIR to a folder that this user may write to',
      { cause: error },
    )
  }
}

const textOf = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
}

/** The entry, or why it cannot be used. */
const readEntry = async (handle: SpoolHandle): Promise<SpoolEntry | string> => {
  const side = await readIfThere(handle + sideSuffix)
  const film = await readIfThere(handle + filmSuffix)
  if (side === undefined || film === undefined) return 'one of its two files is missing'
  const parsed = spooledArrivalSchema.safeParse(textOf(side))
  if (!parsed.success) return 'its side file cannot be read'
  const arrival = parsed.data
  if (film.length !== arrival.contentSize || sha256Of(film) !== arrival.contentSha256)
    return 'its film is not the one that was kept'
  return { handle, arrival, film }
}

/** The instants that an arrival id can hold: a clinic's clock may show any. */
const latestInstantMs = Date.parse('9999-12-31T23:59:59.999Z')
const mintable = (instant: Date): Date => new Date(Math.min(Math.max(instant.getTime(), 0), latestInstantMs))

const arrivalOf = (
  draft: ArrivalDraft,
  film: Uint8Array,
  given: { readonly spoolId: string; readonly sequence: number; readonly receivedAt: Date },
): SpooledArrival => {
  const receivedAt = mintable(given.receivedAt)
  return {
    ...draft,
    spoolId: given.spoolId,
    sequence: given.sequence,
    contentSize: film.length,
    contentSha256: sha256Of(film),
    arrivalId: mintArrivalId(receivedAt),
    receivedAt: receivedAt.toISOString(),
  }
}

/** The numbers of all entries of a spool, whosever they are. */
const numbersIn = async (folder: string): Promise<readonly SpoolNumber[]> =>
  [...(await readSides(folder)).values()]
    .map((side) => spooledArrivalSchema.safeParse(textOf(side)).data)
    .filter((number) => number !== undefined)

/** Writes the side file of an entry, or leaves none: it may stand although its folder could not be made durable. */
const writeSide = async (
  write: WriteDurably,
  handle: SpoolHandle,
  arrival: SpooledArrival,
): Promise<void> => {
  try {
    await write(handle + sideSuffix, Buffer.from(JSON.stringify(arrival)))
  } catch (error) {
    await rm(handle + sideSuffix, { force: true })
    throw error
  }
}

/**
 * Opens the spool. Each process writes into a folder of its own, so that two may share a spool; what a
 * process leaves behind when it dies, the next one that lists takes over. Processes that share a spool must
 * see each other's process ids: one machine, and not two containers.
 */
export const createSpool = async (options: SpoolOptions): Promise<Spool> => {
  const { folder, logger, now, write = writeDurably, owner = thisProcess() } = options
  const own = join(folder, owner.id)
  const inHand = new Set<SpoolHandle>()
  let stored = 0
  await openFolder(own)
  await syncFolder(folder)
  const sequence = await openSpoolSequence({ folder, owner, write, waiting: () => numbersIn(folder) })
  const numbers = new Map<SpoolHandle, SpoolNumber>()
  const nextHandle = (): SpoolHandle => handleOf(own, now(), (stored += 1))
  return {
    store: async (draft, film, receivedAt) => {
      const handle = nextHandle()
      inHand.add(handle)
      try {
        await write(handle + filmSuffix, film)
        // Only now is the film safe: this is the instant of its receipt. The side file makes the entry whole.
        const arrival = await sequence.keepNext(draft.siteId, async (number) => {
          const numbered = { spoolId: sequence.spoolId, sequence: number, receivedAt: receivedAt ?? now() }
          const kept = arrivalOf(draft, film, numbered)
          await writeSide(write, handle, kept)
          return kept
        })
        numbers.set(handle, arrival)
        return { handle, arrival, film }
      } catch (error) {
        // Nobody was answered for it.
        await rm(handle + filmSuffix, { force: true })
        inHand.delete(handle)
        throw error
      }
    },
    list: () => claimEntries({ folder, owner, logger }, inHand),
    read: async (handle) => {
      const entry = await readEntry(handle)
      if (typeof entry !== 'string') {
        numbers.set(handle, entry.arrival)
        return entry
      }
      await setAside(folder, [handle + sideSuffix, handle + filmSuffix], entry, logger)
      return undefined
    },
    remove: async (handle) => {
      const number = numbers.get(handle)
      if (number !== undefined) await sequence.seal(number)
      numbers.delete(handle)
      // The side file goes first: a film without one is never taken for an entry.
      await rm(handle + sideSuffix, { force: true })
      await rm(handle + filmSuffix, { force: true })
      inHand.delete(handle)
      if (dirname(handle) !== own) await dropEmpty(dirname(handle))
    },
  }
}
