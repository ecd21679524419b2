import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type ReplayDeps, ReplayStuck, replay, type TopicOffsets } from '../../src/operations/replay.ts'

type Comparison = { readonly differing: number }
/** What happens between two steps of the replay. */
const actions = ['publish', 'sink starts', 'sink ends', 'sink commits', 'replay stores'] as const
type Action = (typeof actions)[number]

class Killed extends Error {}

const offsetsAt = (offset: number): TopicOffsets =>
  new Map(offset === 0 ? [] : [['hip.verdicts.v1', new Map([[0, BigInt(offset)]])]])

/** One partition, a sink that never stops, and two sets of tables that change names. */
const createEngine = (options: { script: () => Action; dieAt: number; holdOutlasts: boolean }) => {
  const tables = { live: new Set<number>(), rebuilt: new Set<number>() }
  let [log, sunk, stored, replayed] = [0, 0, 0, 0]
  let inFlight: { into: Set<number>; from: number; to: number } | undefined
  let heldUntil = Number.NEGATIVE_INFINITY
  let isSwapped = false
  let clock = 0
  let steps = 0
  const isHeld = (): boolean => options.holdOutlasts && clock < heldUntil

  const run: Record<Action, () => void> = {
    publish: () => {
      log += 1
    },
    // The table and whether it refuses rows are known when an insert begins.
    'sink starts': () => {
      if (inFlight === undefined && stored < log && !isHeld())
        inFlight = { into: tables.live, from: stored, to: log }
    },
    'sink ends': () => {
      if (inFlight === undefined) return
      for (let record = inFlight.from; record < inFlight.to; record += 1) inFlight.into.add(record)
      stored = inFlight.to
      inFlight = undefined
    },
    'sink commits': () => {
      sunk = stored
    },
    'replay stores': () => {
      const into = isSwapped ? tables.live : tables.rebuilt
      for (; replayed < log; replayed += 1) into.add(replayed)
    },
  }
  const step = async <Value>(answer: () => Value): Promise<Value> => {
    steps += 1
    if (steps === options.dieAt) throw new Killed()
    for (let count = 0; count < 3; count += 1) run[options.script()]()
    return answer()
  }
  const deps: ReplayDeps<Comparison> = {
    ends: () => step(() => offsetsAt(log)),
    replayed: () => step(() => offsetsAt(replayed)),
    sunk: () => step(() => offsetsAt(sunk)),
    compare: (round) => step(() => (round > 1 ? { differing: 0 } : undefined)),
    isEqual: ({ differing }) => differing === 0,
    hold: (seconds) =>
      step(() => {
        heldUntil = clock + seconds * 1000
      }),
    release: () =>
      step(() => {
        heldUntil = Number.NEGATIVE_INFINITY
      }),
    exchange: () =>
      step(() => {
        const { live, rebuilt } = tables
        Object.assign(tables, { live: rebuilt, rebuilt: live })
        heldUntil = Number.NEGATIVE_INFINITY
        isSwapped = true
      }),
    onProgress: () => {},
    pause: async (ms) => {
      clock += ms
    },
    now: () => clock,
    throwIfBroken: () => {},
  }
  return {
    deps,
    /** Lets the sink go on until it has stored everything, and answers what the live tables lack. */
    settle: (): number[] => {
      heldUntil = Number.NEGATIVE_INFINITY
      for (let turn = 0; turn < 3; turn += 1) {
        run['sink ends']()
        run['sink commits']()
        run['sink starts']()
      }
      return Array.from({ length: log }, (_, record) => record).filter((record) => !tables.live.has(record))
    },
    isSwapped: () => isSwapped,
  }
}

const scripts = fc.infiniteStream(fc.constantFrom(...actions))

describe('replay', () => {
  test('loses no row over the swap, wherever it is killed and whatever the sink does meanwhile', async () => {
    let swaps = 0
    await fc.assert(
      fc.asyncProperty(scripts, fc.integer({ min: 1, max: 200 }), async (stream, dieAt) => {
        const engine = createEngine({ script: () => stream.next().value, dieAt, holdOutlasts: true })
        try {
          await replay(engine.deps, { mend: false })
        } catch (error) {
          assert.ok(error instanceof Killed || error instanceof ReplayStuck)
        }
        if (engine.isSwapped()) swaps += 1
        assert.deepEqual(engine.settle(), [])
      }),
      { seed: 5, numRuns: 2000 },
    )
    assert.ok(swaps > 200, `${swaps} runs came to a swap`)
  })

  test('loses no row where the hold ran out before the swap, if it lives to the end', async () => {
    await fc.assert(
      fc.asyncProperty(scripts, async (stream) => {
        const engine = createEngine({ script: () => stream.next().value, dieAt: 0, holdOutlasts: false })
        await replay(engine.deps, { mend: false })
        assert.deepEqual(engine.settle(), [])
      }),
      { seed: 6, numRuns: 1000 },
    )
  })

  test('a difference is not swapped away unless asked for', async () => {
    const swapped: boolean[] = []
    for (const mend of [false, true]) {
      const engine = createEngine({ script: () => 'replay stores', dieAt: 0, holdOutlasts: true })
      const deps = { ...engine.deps, compare: async () => ({ differing: 1 }) }
      const result = await replay(deps, { mend })
      assert.deepEqual(result.comparison, { differing: 1 })
      swapped.push(result.swapped, engine.isSwapped())
    }
    assert.deepEqual(swapped, [false, false, true, true])
  })

  test('a sink that stands still, and a replay that cannot catch up in a hold, end it with a name', async () => {
    const idle: Action[] = ['publish', 'replay stores']
    let turn = 0
    const engine = createEngine({
      script: () => idle[turn++ % 2] ?? 'publish',
      dieAt: 0,
      holdOutlasts: true,
    })
    await assert.rejects(replay(engine.deps, { mend: false }), { name: 'ReplayStuck', step: 'sink' })
    let releases = 0
    const behind = createEngine({ script: () => 'publish', dieAt: 0, holdOutlasts: true })
    const deps: ReplayDeps<Comparison> = {
      ...behind.deps,
      compare: async () => ({ differing: 0 }),
      ends: async () => offsetsAt(5),
      sunk: async () => offsetsAt(5),
      replayed: async () => offsetsAt(releases % 2 === 0 && releases < 2 ? 5 : 4),
      hold: async () => {
        releases += 1
      },
      release: async () => {
        releases += 1
      },
    }
    await assert.rejects(replay(deps, { mend: false }), { name: 'ReplayStuck' })
    assert.equal(behind.isSwapped(), false)
    assert.ok(releases >= 2, 'the tables take rows again')
  })

  test('a fault in the reading of topics ends it', async () => {
    const engine = createEngine({ script: () => 'publish', dieAt: 0, holdOutlasts: true })
    const fault = new Error('an event of a later version')
    const deps = {
      ...engine.deps,
      throwIfBroken: () => {
        throw fault
      },
    }
    await assert.rejects(replay(deps, { mend: false }), fault)
  })
})
