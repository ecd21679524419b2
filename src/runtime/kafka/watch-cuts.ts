import { messageOf } from '../errors.ts'
import type { Every } from '../every.ts'
import type { Logger } from '../logger.ts'
import type { OffsetGuard, Standing } from './guard-offsets.ts'
import type {
  Assignment,
  ConsumedPosition,
  ConsumedRecord,
  ConsumerControl,
  FetchedBatch,
  TopicCut,
} from './types.ts'

/** Keeps a consumer from reading on where records were removed that it had not read. */
export type CutWatch = {
  /** Lets nothing be fetched before it is known that the log still holds it: the library would jump silently. */
  readonly assigned: (partitions: Assignment['partitions']) => Promise<void>
  /** Whether records were removed before this batch: its partition then stands still, and so does its commit. */
  readonly isAfterCut: (batch: FetchedBatch) => Promise<boolean>
  /** Told that the position has moved past a record. */
  readonly moved: (record: ConsumedRecord) => void
  readonly stop: () => void
}

export type CutWatchDeps = {
  readonly guard: OffsetGuard
  readonly pause: ConsumerControl['pause']
  readonly resume: ConsumerControl['pause']
  readonly seek: (to: ConsumedPosition) => void
  readonly onCut: (cut: TopicCut) => void
  readonly every: Every
  readonly logger: Logger
}

/** How often to look whether somebody has accepted the gap at which a partition stands. */
const lookMs = 2000

const keyOf = (topic: string, partition: number): string => `${topic}:${partition}`

/** Partitions by topic. */
const partitionsOf = (cuts: readonly TopicCut[]): Assignment['partitions'] =>
  new Map(
    [...Map.groupBy(cuts, ({ topic }) => topic)].map(([topic, those]) => [
      topic,
      those.map(({ partition }) => partition),
    ]),
  )

type State = {
  /** What comes next in each partition, as far as this is known. */
  next: Map<string, bigint>
  /** Where partitions stand still. */
  open: Map<string, TopicCut>
  /** Partitions in which the group has never committed, until it has. */
  unbegun: readonly Standing[]
  /** Done when it has; undefined until a batch has come that can commit, and after a commit that failed. */
  begun: Promise<void> | undefined
}

/** Lets a partition be read, behind the gap where somebody has accepted one. */
const goOn = (deps: CutWatchDeps, next: State['next'], standing: Standing): void => {
  const { topic, partition, offset, isBehindGap } = standing
  next.set(keyOf(topic, partition), offset)
  if (isBehindGap) {
    deps.seek({ topic, partition, offset })
    const fields = { topic, partition, offset: offset.toString() }
    deps.logger.warn(fields, 'going on behind a gap that was accepted')
  }
  deps.resume(topic, partition)
}

/** Goes on where a gap was accepted since; what stands still has said so already. */
const lookForAccepted = async (deps: CutWatchDeps, state: State): Promise<void> => {
  const { next, open } = state
  const { standing } = await deps.guard.check(partitionsOf([...open.values()]))
  if (state.next !== next) return
  for (const each of standing) if (open.delete(keyOf(each.topic, each.partition))) goOn(deps, next, each)
}

/**
 * Commits where the group begins in partitions in which it has never committed: what is removed from them while nobody
 * reads is a gap then, and without that the library would read on from wherever the log begins. Only a batch can commit,
 * of whichever partition; nothing is handed out before it has.
 */
const begin = (state: State, batch: FetchedBatch): Promise<void> => {
  if (state.begun !== undefined) return state.begun
  const begun = batch.commit(
    state.unbegun.map(({ topic, partition, offset }) => ({ topic, partition, offset })),
  )
  state.begun = begun
  begun.catch(() => {
    if (state.begun === begun) state.begun = undefined
  })
  return begun
}

/** Creates the watch of one membership. */
export const createCutWatch = (deps: CutWatchDeps): CutWatch => {
  const state: State = { next: new Map(), open: new Map(), unbegun: [], begun: Promise.resolve() }
  const stand = (cut: TopicCut): void => {
    state.open.set(keyOf(cut.topic, cut.partition), cut)
    deps.onCut(cut)
  }
  const stop = deps.every(lookMs, () => {
    if (state.open.size === 0) return
    lookForAccepted(deps, state).catch((error: unknown) =>
      deps.logger.warn({ error: messageOf(error) }, 'accepted gaps could not be read'),
    )
  })
  return {
    assigned: async (partitions) => {
      const next = new Map<string, bigint>()
      state.next = next
      state.open = new Map()
      state.unbegun = []
      state.begun = Promise.resolve()
      for (const [topic, numbers] of partitions) for (const partition of numbers) deps.pause(topic, partition)
      const { standing, cuts } = await deps.guard.check(partitions)
      if (state.next !== next) return
      for (const cut of cuts) stand(cut)
      state.unbegun = standing.filter(({ isNew }) => isNew)
      if (state.unbegun.length > 0) state.begun = undefined
      for (const each of standing) goOn(deps, next, each)
    },
    isAfterCut: async (batch) => {
      await begin(state, batch)
      const [first] = batch.records
      if (first === undefined) return false
      const { topic, partition, offset } = first
      const expected = state.next.get(keyOf(topic, partition))
      if (expected === undefined || offset === expected) return false
      const cut = await deps.guard.cutBefore(first, expected)
      if (cut === undefined) return false
      // The library has put the group back to the beginning: without this a restart would not see the gap.
      await batch.commit([{ topic, partition, offset: expected }])
      deps.pause(topic, partition)
      stand(cut)
      return true
    },
    moved: ({ topic, partition, offset }) => void state.next.set(keyOf(topic, partition), offset + 1n),
    stop,
  }
}
