import fc from 'fast-check'
import { type FaultKind, faultKinds, type Port, ports } from './network.ts'

/**
 * What the engine will say of a film; `heals` is a dead letter at the first attempt and a finding afterwards, at `breaks`
 * the screener throws, at `hangs` it never answers, until an operator sets the film aside.
 */
export const fates = ['finding', 'rejected', 'heals', 'deadLettered', 'breaks', 'hangs'] as const
/** How a clinic sends: a lost acknowledgement makes it send the same arrival twice; a receipt can be lost. */
export const sendings = ['once', 'twice', 'withoutReceipt'] as const
export const recordKinds = ['film', 'unreadable', 'laterVersion'] as const

/** One arrival of a film. */
export type PlannedFilm = {
  readonly atMs: number
  /** Which film; several arrivals of one film are duplicates, or conflicts where `pixels` differ. */
  readonly film: number
  readonly pixels: number
  readonly bytes: number
  /** Whether the record holds a claim check instead of the film. */
  readonly isStored: boolean
  readonly screenMs: number
  readonly fate: (typeof fates)[number]
  readonly sending: (typeof sendings)[number]
  readonly kind: (typeof recordKinds)[number]
}

/** Something that happens to the engine. Slots 0 and 1 are screening processes, 2 and 3 are sinks. */
export type Step =
  | { readonly do: 'kill'; readonly atMs: number; readonly slot: number; readonly downMs: number }
  | { readonly do: 'stop'; readonly atMs: number; readonly slot: number; readonly downMs: number }
  | { readonly do: 'freeze'; readonly atMs: number; readonly slot: number; readonly ms: number }
  | { readonly do: 'evict'; readonly atMs: number; readonly slot: number }
  | { readonly do: 'requeue'; readonly atMs: number; readonly letter: number }
  | {
      readonly do: 'spoil'
      readonly atMs: number
      readonly port: Port
      readonly fault: FaultKind
      readonly ms: number
      readonly count: number
    }

/** Everything that one run depends on. */
export type Schedule = {
  /** Processes of each kind. */
  readonly processes: number
  readonly budgetBytes: number
  /** Records of a partition in one fetch. */
  readonly fetchRecords: number
  readonly films: readonly PlannedFilm[]
  readonly steps: readonly Step[]
}

/** No step and no film comes later. */
export const lastStepMs = 8000
export const slots = 4

const upTo = (max: number) => fc.integer({ min: 0, max })
const atMs = upTo(lastStepMs)
const slot = upTo(slots - 1)

const film: fc.Arbitrary<PlannedFilm> = fc.record({
  atMs,
  film: upTo(5),
  pixels: upTo(1),
  bytes: fc.integer({ min: 1, max: 6000 }),
  isStored: fc.boolean(),
  screenMs: fc.oneof(upTo(20), upTo(3000)),
  fate: fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom('finding', 'rejected', 'heals', 'deadLettered') },
    { weight: 2, arbitrary: fc.constant('breaks' as const) },
    { weight: 1, arbitrary: fc.constant('hangs' as const) },
  ),
  sending: fc.constantFrom('once', 'once', ...sendings),
  kind: fc.oneof(
    { weight: 30, arbitrary: fc.constant('film' as const) },
    { weight: 2, arbitrary: fc.constant('unreadable' as const) },
    { weight: 1, arbitrary: fc.constant('laterVersion' as const) },
  ),
})

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('spoil' as const),
      atMs,
      port: fc.constantFrom(...ports),
      fault: fc.constantFrom(...faultKinds),
      ms: upTo(5000),
      count: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('kill' as const), atMs, slot, downMs: upTo(4000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stop' as const), atMs, slot, downMs: upTo(4000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('freeze' as const), atMs, slot, ms: upTo(6000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('evict' as const), atMs, slot }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('requeue' as const), atMs, letter: upTo(5) }) },
)

/** Any schedule; a failing one shrinks to fewer films and steps and to smaller numbers. */
export const anySchedule: fc.Arbitrary<Schedule> = fc.record({
  processes: fc.integer({ min: 1, max: 2 }),
  budgetBytes: fc.integer({ min: 1, max: 15_000 }),
  fetchRecords: fc.integer({ min: 1, max: 6 }),
  films: fc.array(film, { minLength: 1, maxLength: 12 }),
  steps: fc.array(step, { maxLength: 8 }),
})

/** How long a counterexample is: its films and its steps. */
export const lengthOf = ({ films, steps }: Schedule): number => films.length + steps.length
