import type { Assignment, ConsumedPosition, ConsumerControl, OffsetToCommit } from '../runtime/kafka/types.ts'
import { createOffsetTracker, type OffsetTracker } from '../runtime/offset-tracker.ts'

/**
 * The records in work of one consumer, by partition and assignment. What belongs to an assignment that has
 * ended is forgotten: its records come again to whoever owns the partition now.
 */
export type PartitionWork = {
  readonly assigned: (assignment: Assignment, control: ConsumerControl) => void
  /** Notes a record; false when its assignment is over or nearly so, or its partition is on hold. */
  readonly begin: (record: ConsumedPosition, epoch: number) => boolean
  readonly finish: (record: ConsumedPosition, epoch: number) => void
  /**
   * Leaves the record unfinished and stops its partition: nothing above it is ever committed. True for the
   * first one of a partition, so that its alarm is raised once.
   */
  readonly hold: (record: ConsumedPosition, epoch: number) => boolean
  /** Takes `hold` back: the partition is read on. */
  readonly letGo: (record: ConsumedPosition, epoch: number) => void
  /** Leaves the record unfinished for now: nothing above it is committed, and a drain does not wait for it. */
  readonly park: (record: ConsumedPosition, epoch: number) => void
  /** Takes the record up again; false when its assignment has ended. */
  readonly unpark: (record: ConsumedPosition, epoch: number) => boolean
  /** Lets nothing more be read of any partition. */
  readonly pauseAll: () => void
  /** Takes `pauseAll` back; a partition on hold stays where it is. */
  readonly resumeAll: () => void
  readonly isCurrent: (epoch: number) => boolean
  /** Commits what is done, up to the lowest record still in work. */
  readonly commit: (epoch: number) => Promise<void>
  /**
   * Takes no record of the assignment any more, and resolves when none is in work (held ones aside) or the
   * assignment ends.
   */
  readonly settle: (epoch: number) => Promise<void>
  /** Ends the assignment without a next one: what is still in work is not wanted any more. */
  readonly end: () => void
}

type Owned = { tracker: OffsetTracker; held: number; parked: number; topic: string; partition: number }
type Works = ReadonlyMap<string, ReadonlyMap<number, Owned>>
type State = {
  epoch: number
  isSettling: boolean
  control: ConsumerControl | undefined
  /** By topic and partition: looked up for every record. */
  works: Works
  waiting: (() => void)[]
}

const ownedOf = (partitions: Assignment['partitions']): Works =>
  new Map(
    [...partitions].map(([topic, numbers]) => [
      topic,
      new Map(
        numbers.map((partition) => [
          partition,
          { topic, partition, tracker: createOffsetTracker(), held: 0, parked: 0 },
        ]),
      ),
    ]),
  )

const all = (works: Works): Owned[] => [...works.values()].flatMap((owned) => [...owned.values()])

const wake = (state: State): void => {
  if (state.waiting.length === 0) return
  const due = state.waiting
  state.waiting = []
  for (const resolve of due) resolve()
}

const workOf = (state: State, record: ConsumedPosition, epoch: number): Owned | undefined =>
  epoch === state.epoch ? state.works.get(record.topic)?.get(record.partition) : undefined

const inWork = (state: State): number =>
  all(state.works).reduce((sum, work) => sum + work.tracker.unfinished() - work.held - work.parked, 0)

const commitDone = async (state: State): Promise<void> => {
  const { control, works } = state
  if (control === undefined) return
  const offsets: OffsetToCommit[] = all(works).flatMap(({ tracker, topic, partition }) => {
    const offset = tracker.committable()
    return offset === undefined ? [] : [{ topic, partition, offset }]
  })
  await control.commit(state.epoch, offsets)
  for (const { topic, partition, offset } of offsets)
    works.get(topic)?.get(partition)?.tracker.committed(offset)
}

/** Epochs of assignments begin at 1. */
const noEpoch = 0

/** What keeps a record or a partition from going on, and lets it go on. */
const createStops = (
  state: State,
): Pick<PartitionWork, 'hold' | 'letGo' | 'park' | 'unpark' | 'pauseAll' | 'resumeAll'> => ({
  hold: (record, epoch) => {
    const work = workOf(state, record, epoch)
    if (work === undefined) return false
    work.held += 1
    if (work.held === 1) state.control?.pause(record.topic, record.partition)
    wake(state)
    return work.held === 1
  },
  letGo: (record, epoch) => {
    const work = workOf(state, record, epoch)
    if (work === undefined || work.held === 0) return
    work.held -= 1
    if (work.held === 0) state.control?.resume(record.topic, record.partition)
  },
  park: (record, epoch) => {
    const work = workOf(state, record, epoch)
    if (work === undefined) return
    work.parked += 1
    wake(state)
  },
  unpark: (record, epoch) => {
    const work = workOf(state, record, epoch)
    if (work === undefined) return false
    work.parked -= 1
    return true
  },
  pauseAll: () => {
    for (const { topic, partition } of all(state.works)) state.control?.pause(topic, partition)
  },
  resumeAll: () => {
    for (const { topic, partition, held } of all(state.works))
      if (held === 0) state.control?.resume(topic, partition)
  },
})

/** Creates the bookkeeping of one consumer. */
export const createPartitionWork = (): PartitionWork => {
  const state: State = {
    epoch: noEpoch,
    isSettling: false,
    control: undefined,
    works: new Map(),
    waiting: [],
  }
  return {
    assigned: (assignment, control) => {
      state.epoch = assignment.epoch
      state.isSettling = false
      state.control = control
      state.works = ownedOf(assignment.partitions)
      wake(state)
    },
    begin: (record, epoch) => {
      const work = workOf(state, record, epoch)
      if (work === undefined || work.held > 0 || state.isSettling) return false
      work.tracker.begin(record.offset)
      return true
    },
    finish: (record, epoch) => {
      workOf(state, record, epoch)?.tracker.finish(record.offset)
      wake(state)
    },
    ...createStops(state),
    isCurrent: (epoch) => epoch === state.epoch,
    commit: async (epoch) => {
      if (epoch === state.epoch) await commitDone(state)
    },
    settle: async (epoch) => {
      if (epoch === state.epoch) state.isSettling = true
      while (epoch === state.epoch && inWork(state) > 0)
        await new Promise<void>((resolve) => state.waiting.push(resolve))
    },
    end: () => {
      state.epoch = noEpoch
      state.works = new Map()
      wake(state)
    },
  }
}
