import { consumerGroups } from '../../src/contracts/topics.ts'
import type { RoleName } from './engine-processes.ts'
import type { Ownership } from './ownership.ts'

/** The consumer group of a role. */
export const groupOf = { screen: consumerGroups.screening, sink: consumerGroups.sink } as const

/** Reads from the logs of the processes who owns which partitions. */
export const followLogs = (ownership: Readonly<Record<RoleName, Ownership>>) => ({
  onLine: (member: string, role: RoleName, line: Readonly<Record<string, unknown>>): void => {
    if (line['group'] !== groupOf[role]) return
    if (line['msg'] === 'draining') ownership[role].lost(member, performance.now())
    if (line['msg'] !== 'assigned') return
    const partitions = Object.entries(line['partitions'] as Record<string, number[]>)
    const names = partitions.flatMap(([topic, numbers]) => numbers.map((number) => `${topic}:${number}`))
    ownership[role].assigned(member, names, performance.now())
  },
  onGone: (member: string, role: RoleName): void => ownership[role].lost(member, performance.now()),
})
