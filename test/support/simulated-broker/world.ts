import {
  alarmsTopic,
  consumerGroups,
  imagesTopic,
  receiptsTopic,
  verdictsTopic,
} from '../../../src/contracts/topics.ts'
import { createSimulatedBroker, type SimulatedBroker } from './broker.ts'
import { createVirtualClock, type VirtualClock } from './clock.ts'
import { createSimulatedGroup, type Place, type SimulatedGroup } from './group.ts'
import { createJudge, type Judge } from './judge.ts'
import { createNetwork, type Network } from './network.ts'
import type { Schedule } from './schedule.ts'
import { createSimulatedStore, type SimulatedStore } from './store.ts'

/** Everything outside the processes of the engine. */
export type World = {
  readonly schedule: Schedule
  readonly clock: VirtualClock
  readonly network: Network
  readonly broker: SimulatedBroker
  readonly store: SimulatedStore
  readonly groups: { readonly screening: SimulatedGroup; readonly sink: SimulatedGroup }
  readonly judge: Judge
  readonly nowIso: () => string
}

export const sinkTopics = [receiptsTopic.name, verdictsTopic.name, alarmsTopic.name]
export const sessionTimeoutMs = 3000

/** Few partitions, so that films, processes and rebalances meet. */
const partitions = new Map([
  [imagesTopic.name, 3],
  [receiptsTopic.name, 2],
  [verdictsTopic.name, 3],
  [alarmsTopic.name, 1],
])

const beginning = Date.parse('2026-03-10T10:00:00.000Z')

/** Creates the services that a schedule runs against. */
export const createWorld = (schedule: Schedule, say: (line: string) => void): World => {
  const clock = createVirtualClock()
  const broker = createSimulatedBroker(partitions, () => beginning + clock.nowMs())
  const store = createSimulatedStore()
  const judge = createJudge({ clock, broker, store, say })
  const group = (groupId: string, topics: readonly string[]): SimulatedGroup => {
    const places: Place[] = topics.flatMap((topic) =>
      broker.partitions(topic).map((partition) => ({ topic, partition })),
    )
    return createSimulatedGroup({
      clock,
      places,
      sessionTimeoutMs,
      rebalanceTimeoutMs: 2 * sessionTimeoutMs,
      onCommit: (member, offset, before) => judge.committed(groupId, member, offset, before),
    })
  }
  return {
    schedule,
    clock,
    network: createNetwork(clock),
    broker,
    store,
    groups: {
      screening: group(consumerGroups.screening, [imagesTopic.name]),
      sink: group(consumerGroups.sink, sinkTopics),
    },
    judge,
    nowIso: () => new Date(beginning + clock.nowMs()).toISOString(),
  }
}
