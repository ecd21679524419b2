import { randomUUID } from 'node:crypto'
import type { Command } from '../contracts/command.ts'
import { recordPointerOf } from '../contracts/identifiers.ts'
import type { UnattributedVerdict } from '../contracts/verdict.ts'
import type { TopicCut } from '../runtime/kafka/types.ts'
import { failed, type Outcome, ok } from '../runtime/outcome.ts'
import { sha256Of } from '../runtime/sha256.ts'

/** Records that a group has not read and that are gone from the log. */
export type Gap = TopicCut & { readonly groupId: string }

export type AcceptGapDeps = {
  /** Offsets of the gap whose records were answered before they went. */
  readonly answered: (gap: Gap) => Promise<ReadonlySet<bigint>>
  /** When Kafka stored the first record that is left; now where none is left. */
  readonly receivedBefore: (gap: Gap) => Promise<Date>
  readonly publishVerdicts: (verdicts: readonly UnattributedVerdict[]) => Promise<void>
  /** Stores the command in the audit trail. */
  readonly publishCommand: (command: Command) => Promise<void>
  /** Tells whoever reads for the group that it may go on behind the gap. */
  readonly letGoOn: (gap: Gap) => Promise<void>
  readonly now: () => Date
}

export type AcceptedGap = { readonly booked: number; readonly answered: number }

/** Accepts that records are gone. */
export type AcceptGap = (
  gap: Gap,
  audit: { who: string; why: string },
) => Promise<Outcome<AcceptedGap, never, 'TOPIC_MADE_ANEW'>>

/** Verdicts that are published at once. */
const atOnce = 1000
const noDigest = sha256Of('')

const verdictOn = ({ topic, partition }: Gap, offset: bigint, at: { came: string; now: string }) => {
  const image = { topic, partition, offset: offset.toString() }
  return {
    attributed: false,
    pointer: recordPointerOf(image),
    receivedAt: at.came,
    screenedAt: at.now,
    image,
    attempt: 1,
    outcome: {
      kind: 'deadLettered',
      code: 'RECORD_EXPIRED',
      detail: 'gone from the log before it was read; an operator accepted the gap',
      size: 0,
      digest: noDigest,
      headers: {},
    },
  } as const satisfies UnattributedVerdict
}

/** Books every record of the gap that nobody has answered, and says how many. */
const book = async (deps: AcceptGapDeps, gap: Gap, answered: ReadonlySet<bigint>): Promise<number> => {
  const at = { came: (await deps.receivedBefore(gap)).toISOString(), now: deps.now().toISOString() }
  let booked = 0
  let verdicts: UnattributedVerdict[] = []
  const publish = async (): Promise<void> => {
    await deps.publishVerdicts(verdicts)
    booked += verdicts.length
    verdicts = []
  }
  for (let offset = gap.expected; offset < gap.first; offset += 1n) {
    if (!answered.has(offset)) verdicts.push(verdictOn(gap, offset, at))
    if (verdicts.length === atOnce) await publish()
  }
  await publish()
  return booked
}

/**
 * Creates the acceptance of a gap: 1. each record that is gone becomes a dead letter under its position, which the ledger
 * books, and books as the arrival whose receipt names it, 2. the command is stored, 3. the group may go on. A crash between
 * two steps leaves the partition where it stands; doing it again books the same. The positions of a topic that was made
 * anew will be used again: there, nothing can be booked.
 */
export const createAcceptGap =
  (deps: AcceptGapDeps): AcceptGap =>
  async (gap, audit) => {
    const { topic, partition, groupId, expected, first, end } = gap
    if (expected > end)
      return failed('TOPIC_MADE_ANEW', `the group stands at ${expected}, the log ends at ${end}`)
    const answered = await deps.answered(gap)
    const booked = await book(deps, gap, answered)
    const at = deps.now().toISOString()
    const range = { from: expected.toString(), to: first.toString() }
    await deps.publishCommand({
      commandId: randomUUID(),
      kind: 'acceptGap',
      topic,
      partition,
      groupId,
      ...range,
      ...audit,
      at,
    })
    await deps.letGoOn(gap)
    return ok({ booked, answered: answered.size })
  }
