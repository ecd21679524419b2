import { type Random, randomFor, shuffled } from '../../src/simulation/clinics/seeded-random.ts'

/** What is done to the engine while films stream. */
export const faultKinds = [
  'kill screening',
  'kill sink',
  'kill kafka',
  'kill clickhouse',
  'freeze screening',
  'freeze sink',
  'freeze kafka',
  'freeze clickhouse',
  'add screening',
  'remove screening',
  'cut kafka connections',
  'cut clickhouse connections',
  'clickhouse slow',
  'clickhouse read-only',
  'clickhouse full',
  'clickhouse stops listening',
  'clock back',
  'clock forward',
] as const
export type FaultKind = (typeof faultKinds)[number]

/** One fault: what, to which of the processes of its kind, and how long after the last one has been overcome. */
export type PlannedFault = {
  readonly kind: FaultKind
  /** In [0, 1): chooses among the processes that there are. */
  readonly victim: number
  readonly afterMs: number
}

const longestRestMs = 2000

/** Every kind comes once before one comes again, in an order and at moments that follow from the seed. */
export const planFaults = (count: number, seed: number): readonly PlannedFault[] => {
  const random: Random = randomFor(seed, 'chaos')
  const kinds: FaultKind[] = []
  while (kinds.length < count) kinds.push(...shuffled(random, faultKinds))
  return kinds
    .slice(0, count)
    .map((kind) => ({ kind, victim: random(), afterMs: Math.round(longestRestMs * random()) }))
}
