import { everyReally } from '../../src/runtime/every.ts'
import { createMembership } from '../../src/runtime/kafka/consume.ts'
import type {
  Assignment,
  ConsumerControl,
  FetchedBatch,
  RecordHandler,
} from '../../src/runtime/kafka/types.ts'
import { silentLogger } from '../../src/runtime/logger.ts'

/** A batch of one partition whose client does nothing but what is told. */
export const batchOf = (offsets: readonly number[], told: Partial<FetchedBatch> = {}): FetchedBatch => ({
  records: offsets.map((offset) => ({
    topic: 't',
    partition: 0,
    offset: BigInt(offset),
    timestampMs: 0,
    key: 'k',
    headers: {},
    value: new Uint8Array(1),
  })),
  heartbeat: async () => {},
  resolveOffset: () => {},
  commit: async () => {},
  isOver: () => false,
  ...told,
})

/** A membership over a handler that notes what it gets; `accept` can be replaced. */
export const notingMembership = (accept: RecordHandler['accept'] = () => true) => {
  const taken: bigint[] = []
  const drained: number[] = []
  const assignments: Assignment[] = []
  const controls: ConsumerControl[] = []
  const handler: RecordHandler = {
    assigned: (assignment, control) => {
      assignments.push(assignment)
      controls.push(control)
    },
    accept: async (record, epoch) => {
      const isTaken = await accept(record, epoch)
      if (isTaken) taken.push(record.offset)
      return isTaken
    },
    drain: async (epoch) => void drained.push(epoch),
  }
  const membership = createMembership(
    { groupId: 'g', topics: ['t'], fetchBytes: 1, sessionTimeoutMs: 2500, handler, onCrash: () => {} },
    {
      partitions: { pause: () => {}, resume: () => {} },
      stopReading: () => {},
      every: everyReally,
      logger: silentLogger,
    },
  )
  const join = (): void => membership.joined(new Map([['t', [0]]]))
  return { membership, join, taken, drained, assignments, control: () => controls.at(-1) }
}
