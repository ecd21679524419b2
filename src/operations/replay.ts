import type { PartitionOffsets } from '../runtime/kafka/types.ts'

/** Offsets of several topics. */
export type TopicOffsets = ReadonlyMap<string, PartitionOffsets>

export type ReplayDeps<Comparison> = {
  /** One past the last record of each partition; partitions without a record are left out. */
  readonly ends: () => Promise<TopicOffsets>
  /** Where the replay has stored its rows up to. */
  readonly replayed: () => Promise<TopicOffsets>
  /** Where the engine's sinks have stored theirs up to. */
  readonly sunk: () => Promise<TopicOffsets>
  /** Undefined where what has come in since the last round leaves the answer open. */
  readonly compare: (round: number) => Promise<Comparison | undefined>
  readonly isEqual: (comparison: Comparison) => boolean
  /** Lets the live tables refuse rows for so many seconds, and take them again. */
  readonly hold: (seconds: number) => Promise<void>
  readonly release: () => Promise<void>
  /** Exchanges the tables; what is replayed from then on goes into the live ones. */
  readonly exchange: () => Promise<void>
  readonly onProgress: (progress: ReplayProgress) => void
  readonly pause: (ms: number) => Promise<void>
  readonly now: () => number
  /** Throws the fault that has ended the reading of topics, if any. */
  readonly throwIfBroken: () => void
}

export type ReplayStep = 'rebuild' | 'sink' | 'compare' | 'swap' | 'follow'
export type ReplayProgress = { readonly step: ReplayStep; readonly done: bigint; readonly total: bigint }

export type ReplayResult<Comparison> = { readonly swapped: boolean; readonly comparison: Comparison }

/** Somebody did not get as far as the replay needs within the time that it has. */
export class ReplayStuck extends Error {
  readonly step: ReplayStep

  constructor(step: ReplayStep) {
    super(`replay stuck in step ${step}`)
    this.name = 'ReplayStuck'
    this.step = step
  }
}

const pollMs = 100
/** Longest time without any progress before the replay gives up. */
const patienceMs = 120_000
const holdSeconds = 20
/** Part of the hold in which the replay must catch up; the rest is for the exchange. */
const holdPatienceMs = 10_000
const swapAttempts = 5
const comparisons = 10

const sumOf = (offsets: TopicOffsets): bigint =>
  [...offsets.values()].reduce((sum, each) => [...each.values()].reduce((total, at) => total + at, sum), 0n)

/** How many records of `ends` stand below what has been reached. */
const reachedOf = (ends: TopicOffsets, reached: TopicOffsets): bigint => {
  let sum = 0n
  for (const [topic, partitions] of ends)
    for (const [partition, end] of partitions) {
      const at = reached.get(topic)?.get(partition) ?? 0n
      sum += at < end ? at : end
    }
  return sum
}

/** Waits until a reader has passed an end. Throws ReplayStuck when it stands still, or in all takes, too long. */
const untilPast = async <Comparison>(
  deps: ReplayDeps<Comparison>,
  step: ReplayStep,
  read: () => Promise<TopicOffsets>,
  ends: TopicOffsets,
  withinMs = Number.POSITIVE_INFINITY,
): Promise<void> => {
  const total = sumOf(ends)
  const startedAt = deps.now()
  let movedAt = startedAt
  for (let last = -1n; ; ) {
    deps.throwIfBroken()
    const done = reachedOf(ends, await read())
    deps.onProgress({ step, done, total })
    if (deps.now() - startedAt > withinMs) throw new ReplayStuck(step)
    if (done >= total) return
    if (done > last) movedAt = deps.now()
    last = done
    if (deps.now() - movedAt > patienceMs) throw new ReplayStuck(step)
    await deps.pause(pollMs)
  }
}

/**
 * Compares while rows keep arriving, until the answer is certain. Before each round both sides have stored every
 * record that was there when it began.
 */
const compareSettled = async <Comparison>(deps: ReplayDeps<Comparison>): Promise<Comparison> => {
  for (let round = 1; round <= comparisons; round += 1) {
    const cut = await deps.ends()
    await untilPast(deps, 'rebuild', deps.replayed, cut)
    await untilPast(deps, 'sink', deps.sunk, cut)
    deps.onProgress({ step: 'compare', done: BigInt(round), total: BigInt(comparisons) })
    const comparison = await deps.compare(round)
    if (comparison !== undefined) return comparison
  }
  throw new ReplayStuck('compare')
}

/**
 * Exchanges the tables such that no row is lost: 1. the live tables refuse rows, so that from now on no record
 * becomes rows of theirs and an offset of the sink, 2. the ends are measured: whatever the live tables hold came from
 * a record below, 3. the replay passes them, 4. the exchange. The sink, which has been trying again meanwhile, goes on
 * in the rebuilt tables. Should the hold have run out before 4, what came in between is below the ends that are
 * measured after it, and the replay stores it too before it ends.
 */
const swap = async <Comparison>(deps: ReplayDeps<Comparison>): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    await deps.hold(holdSeconds)
    try {
      await untilPast(deps, 'swap', deps.replayed, await deps.ends(), holdPatienceMs)
      await deps.exchange()
      break
    } catch (error) {
      await deps.release()
      if (!(error instanceof ReplayStuck) || attempt === swapAttempts) throw error
    }
    await untilPast(deps, 'rebuild', deps.replayed, await deps.ends())
  }
  await untilPast(deps, 'follow', deps.replayed, await deps.ends())
}

/**
 * Rebuilds the tables from the topics beside the live ones, compares the two, and swaps them when they are equal, or
 * when the rebuilt ones shall mend the others. Whatever reads the topics into the rebuilt tables is running already.
 */
export const replay = async <Comparison>(
  deps: ReplayDeps<Comparison>,
  options: { readonly mend: boolean },
): Promise<ReplayResult<Comparison>> => {
  const comparison = await compareSettled(deps)
  if (!deps.isEqual(comparison) && !options.mend) return { swapped: false, comparison }
  await swap(deps)
  return { swapped: true, comparison }
}
