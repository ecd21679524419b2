import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { sequenceSchema, siteIdSchema, spoolIdSchema } from '../contracts/identifiers.ts'
import { syncFolder, type WriteDurably } from '../runtime/durable-file.ts'
import { systemCodeOf } from '../runtime/errors.ts'
import { makeFolder } from '../runtime/make-folder.ts'
import type { SpoolOwner } from './spool-owner.ts'

/** The number of one acknowledgement: which spool gave it for which site. */
export type SpoolNumber = { readonly spoolId: string; readonly siteId: string; readonly sequence: number }

/** Numbers what a process acknowledges for each site: 1, 2, 3 and so on without a gap, whatever dies. */
export type SpoolSequence = {
  readonly spoolId: string
  /**
   * Keeps something under the next number of a site, one after another. The number is used up when `keep` resolves;
   * where it rejects, the next one gets it. With a `count`, as many numbers from the given one on are used up together.
   */
  readonly keepNext: <Kept>(
    siteId: string,
    keep: (sequence: number) => Promise<Kept>,
    count?: number,
  ) => Promise<Kept>
  /** Resolves when a number can never be given again; only then may the entry that bears it go. */
  readonly seal: (number: SpoolNumber) => Promise<void>
}

/** The folder of the sequences in the folder of the spool. */
export const sequencesFolder = 'sequences'
const sealsFolder = 'seals'

const counterSchema = z.object({ last: sequenceSchema })
const ofNumber = (file: string, last: number, write: WriteDurably): Promise<void> =>
  write(file, Buffer.from(JSON.stringify({ last })))

const readLast = async (file: string): Promise<number> => {
  try {
    return counterSchema.parse(JSON.parse(await readFile(file, 'utf8'))).last
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return 0
    throw error
  }
}

/** A sequence belongs to the process that its folder names; one of a dead process is taken over by a rename. */
const claim = async (root: string, owner: SpoolOwner): Promise<{ spoolId: string; isNew: boolean }> => {
  for (const name of await readdir(root)) {
    const [spoolId = '', ownerId = ''] = name.split('.')
    if (!spoolIdSchema.safeParse(spoolId).success) continue
    if (ownerId === owner.id) return { spoolId, isNew: false }
    if (owner.isAlive(ownerId)) continue
    try {
      await rename(join(root, name), join(root, `${spoolId}.${owner.id}`))
      return { spoolId, isNew: false }
    } catch (error) {
      // Another process was faster.
      if (systemCodeOf(error) !== 'ENOENT') throw error
    }
  }
  const spoolId = randomUUID()
  await mkdir(join(root, `${spoolId}.${owner.id}`), { mode: 0o700 })
  return { spoolId, isNew: true }
}

/** The highest number that a seal or a counter of a site says was given. */
const givenUntil = async (files: { counter: string; seals: string; prefix: string }): Promise<number> => {
  const names = (await readdir(files.seals)).filter((name) => name.startsWith(files.prefix))
  const sealed = names.map((name) => Number(name.slice(files.prefix.length)))
  return Math.max(await readLast(files.counter), ...sealed)
}

export type SpoolSequenceOptions = {
  /** The folder of the spool. */
  readonly folder: string
  readonly owner: SpoolOwner
  readonly write: WriteDurably
  /** The numbers of all entries that are in the spool: some may stand in no counter, because their process died. */
  readonly waiting: () => Promise<readonly SpoolNumber[]>
}

/** The next number of each site, and what of it is on the disk. */
type Counter = { last: number; stored: number }

/**
 * Opens a sequence for this process: its own of before, one of a process that has died, or a new one. A number is given
 * with the entry that bears it, and its counter is on the disk before that entry goes: whoever takes the sequence over
 * finds the one or the other.
 */
export const openSpoolSequence = async (options: SpoolSequenceOptions): Promise<SpoolSequence> => {
  const { folder, owner, write } = options
  const root = join(folder, sequencesFolder)
  const seals = join(root, sealsFolder)
  await makeFolder(seals, 0o700)
  const { spoolId, isNew } = await claim(root, owner)
  await syncFolder(root)
  const counterOf = (siteId: string) => join(root, `${spoolId}.${owner.id}`, siteIdSchema.parse(siteId))
  const prefixOf = (siteId: string) => `${spoolId}.${siteId}.`
  const waiting = isNew ? [] : (await options.waiting()).filter((entry) => entry.spoolId === spoolId)
  const counters = new Map<string, Promise<Counter>>()
  const open = async (siteId: string): Promise<Counter> => {
    const stored = await givenUntil({ counter: counterOf(siteId), seals, prefix: prefixOf(siteId) })
    const kept = waiting.filter((entry) => entry.siteId === siteId).map(({ sequence }) => sequence)
    return { last: Math.max(stored, ...kept), stored }
  }
  const counterFor = (siteId: string): Promise<Counter> => {
    const counter = counters.get(siteId) ?? open(siteId)
    counters.set(siteId, counter)
    return counter
  }
  const ends = new Map<string, Promise<unknown>>()
  /** One after another for each site. */
  const inTurn = <Result>(siteId: string, work: () => Promise<Result>): Promise<Result> => {
    const done = (ends.get(siteId) ?? Promise.resolve()).then(work)
    ends.set(
      siteId,
      done.catch(() => {}),
    )
    return done
  }
  return {
    spoolId,
    keepNext: (siteId, keep, count = 1) =>
      inTurn(siteId, async () => {
        const counter = await counterFor(siteId)
        const kept = await keep(counter.last + 1)
        counter.last += count
        return kept
      }),
    seal: async (number) => {
      if (number.spoolId !== spoolId)
        return write(join(seals, `${number.spoolId}.${number.siteId}.${number.sequence}`), new Uint8Array(0))
      return inTurn(number.siteId, async () => {
        const counter = await counterFor(number.siteId)
        if (counter.stored >= number.sequence) return
        const { last } = counter
        await ofNumber(counterOf(number.siteId), last, write)
        counter.stored = last
      })
    },
  }
}
