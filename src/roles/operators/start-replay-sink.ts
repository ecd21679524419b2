import { randomUUID } from 'node:crypto'
import { createResultStore } from '../../analytics/stores/result-store.ts'
import type { ResultStore } from '../../contracts/ports.ts'
import type { ClickHouse } from '../../runtime/clickhouse.ts'
import { SetupError } from '../../runtime/errors.ts'
import { type Connections, roleDepsOf } from '../open-engine.ts'
import type { Process } from '../open-process.ts'
import { startSinkInto } from '../start-sink.ts'

/** A store whose rows follow the rebuilt tables: the exchange waits for the batch in work, and the next one for it. */
const createMovingStore = (fresh: ResultStore, live: ResultStore) => {
  let current = fresh
  let last = Promise.resolve()
  const next = (work: () => Promise<void>): Promise<void> => {
    const result = last.then(work)
    last = result.catch(() => {})
    return result
  }
  return {
    store: { write: (batch) => next(() => current.write(batch)) } satisfies ResultStore,
    move: (exchange: () => Promise<void>): Promise<void> =>
      next(async () => {
        await exchange()
        current = live
      }),
  }
}

/** The sink of a replay: the engine's own sink loop, from offset zero, under a group that goes with the process. */
export const startReplaySink = async (process: Process, connections: Connections, rebuilt: ClickHouse) => {
  const { admin, clickhouse, kafka } = connections
  let fault: Error | undefined
  const onCrash = (error: Error): void => {
    fault ??= error
  }
  const groupId = `osteostream.replay.${randomUUID()}`
  const moving = createMovingStore(
    createResultStore({ client: rebuilt }),
    createResultStore({ client: clickhouse }),
  )
  const sink = await startSinkInto(await roleDepsOf(process, kafka, onCrash), {
    store: moving.store,
    groupId,
    // The engine's sink waits while the replay catches up for the swap.
    lingerMs: 100,
    // The engine's own sink has told of them.
    onRefused: () => {},
    alarms: {
      // The engine's own sink raises the alarm; the replay ends.
      raise: async ({ title, scope }) =>
        onCrash(
          new SetupError('REPLAY_BEHIND', `${scope}: ${title}`, 'replay with a version that knows the event'),
        ),
    },
  })
  process.lifecycle.add('replay group', () => admin.deleteGroup(groupId))
  process.lifecycle.add('replay sink', sink.stop)
  return {
    groupId,
    move: moving.move,
    throwIfBroken: (): void => {
      if (fault !== undefined) throw fault
    },
  }
}
