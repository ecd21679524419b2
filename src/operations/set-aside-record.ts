import { randomUUID } from 'node:crypto'
import type { Command } from '../contracts/command.ts'
import { type RecordPosition, recordPointerOf, recordPointerSchema } from '../contracts/identifiers.ts'
import { majorVersionOf } from '../contracts/image-event.ts'
import { filmLanes } from '../contracts/topics.ts'
import type { ReadRecord } from '../runtime/kafka/read-records.ts'
import { failed, type Outcome, ok } from '../runtime/outcome.ts'

export type SetAsideDeps = {
  readonly readRecord: ReadRecord
  /** How far the screening of a topic has committed a partition. */
  readonly committed: (topic: string, partition: number) => Promise<bigint>
  /** Stores the command: it is what the screening processes follow, and the audit trail. */
  readonly publishCommand: (command: Command) => Promise<void>
  /** Resolves when the partition has been committed past an offset, or nobody did it in time: then false. */
  readonly passed: (topic: string, partition: number, offset: bigint) => Promise<boolean>
  readonly now: () => Date
}

export type SetAsideFailure = 'NOT_A_PLACE' | 'NOT_THERE' | 'ALREADY_ANSWERED' | 'LATER_VERSION'

/** Lets screening pass a record that it cannot finish. */
export type SetAsideRecord = (
  place: string,
  audit: { who: string; why: string },
) => Promise<Outcome<{ readonly place: string; readonly passed: boolean }, never, SetAsideFailure>>

const topics: ReadonlySet<string> = new Set(Object.values(filmLanes).map(({ name }) => name))

/** Where a film stands: `topic:partition:offset` of one of the lanes. */
const positionOf = (place: string): RecordPosition | undefined => {
  if (!recordPointerSchema.safeParse(place).success) return undefined
  const [topic = '', partition = '', offset = ''] = place.split(':')
  return topics.has(topic) ? { topic, partition: Number(partition), offset } : undefined
}

/**
 * Creates the setting aside of a film's record: 1. it is looked at (there, not answered yet, of a version that is known),
 * 2. the command is stored. Whichever process has the record, or gets it next, answers it with `SET_ASIDE`.
 */
export const createSetAsideRecord =
  (deps: SetAsideDeps): SetAsideRecord =>
  async (place, audit) => {
    const position = positionOf(place)
    if (position === undefined) return failed('NOT_A_PLACE', `${place} is no topic:partition:offset of films`)
    const { topic, partition } = position
    const offset = BigInt(position.offset)
    if ((await deps.committed(topic, partition)) > offset)
      return failed('ALREADY_ANSWERED', `${place} has its verdict: its partition has gone on`)
    const record = await deps.readRecord(topic, partition, offset)
    if (record === undefined) return failed('NOT_THERE', `no record stands at ${place}`)
    if ((majorVersionOf(record.headers['ce_type']) ?? 1) > 1)
      return failed('LATER_VERSION', `${place} is of a later version: deploy the engine that knows it`)
    const at = deps.now().toISOString()
    await deps.publishCommand({ commandId: randomUUID(), kind: 'setAside', ...position, ...audit, at })
    return ok({ place: recordPointerOf(position), passed: await deps.passed(topic, partition, offset) })
  }
