import { setTimeout as delay } from 'node:timers/promises'
import { type Comparison, compareRound, prepareComparison } from '../../analytics/replay/compare-tables.ts'
import { createFreshDatabase, dropFreshDatabase } from '../../analytics/replay/fresh-database.ts'
import { exchangeTables, holdWrites, releaseWrites } from '../../analytics/replay/swap-tables.ts'
import { migrate } from '../../analytics/schema/migrate.ts'
import { consumerGroups } from '../../contracts/topics.ts'
import { type ReplayProgress, ReplayStuck, replay } from '../../operations/replay.ts'
import { openClickHouse } from '../../runtime/clickhouse.ts'
import { SetupError } from '../../runtime/errors.ts'
import type { Connections } from '../open-engine.ts'
import type { Process } from '../open-process.ts'
import { readCommitted, readEnds, requireWholeTopics } from './replay-offsets.ts'
import { startReplaySink } from './start-replay-sink.ts'

export type ReplayOptions = {
  /** Database to rebuild into; the live one with `_replay` where not given. */
  readonly into?: string | undefined
  /** Swap although the tables differ: the topics are right. */
  readonly mend: boolean
  readonly onProgress: (progress: ReplayProgress) => void
}

export type ReplayReport = Comparison & {
  readonly equal: boolean
  readonly swapped: boolean
  /** Database with the tables that are not live now; absent where it was removed. */
  readonly kept?: string
  readonly seconds: number
}

const stuck = (step: ReplayStuck['step']): SetupError =>
  step === 'sink'
    ? new SetupError(
        'SERVICE_NOT_RUNNING',
        'the sink does not store what is in the topics',
        'start it (`npm start -- up` or `npm start -- sink`), or see docs/runbook/services.md',
      )
    : new SetupError(
        'REPLAY_BEHIND',
        `the replay could not catch up with the engine (${step})`,
        'run it again when fewer films arrive, see docs/runbook/replay.md',
      )

const openFresh = async (process: Process, { services, clickhouse }: Connections, fresh: string) => {
  const server = openClickHouse({ ...services.clickhouse, database: 'default' })
  process.lifecycle.add('clickhouse server', server.close)
  await createFreshDatabase(server, { live: clickhouse.database, fresh })
  const client = openClickHouse({ ...services.clickhouse, database: fresh })
  process.lifecycle.add('rebuilt database', client.close)
  await migrate(client)
  return { client, drop: () => dropFreshDatabase(server, fresh) }
}

const isEqual = ({ differing }: Comparison): boolean => Object.keys(differing).length === 0

/** Replays the topics of a running engine into a fresh database, compares, and swaps. */
export const runReplay = async (
  process: Process,
  connections: Connections,
  options: ReplayOptions,
): Promise<ReplayReport> => {
  const startedAt = performance.now()
  const { admin, clickhouse } = connections
  const databases = { live: clickhouse.database, fresh: options.into ?? `${clickhouse.database}_replay` }
  await requireWholeTopics(admin)
  const fresh = await openFresh(process, connections, databases.fresh)
  await prepareComparison(clickhouse, databases)
  const sink = await startReplaySink(process, connections, fresh.client)
  const deps = {
    ends: () => readEnds(admin),
    replayed: () => readCommitted(admin, sink.groupId),
    sunk: () => readCommitted(admin, consumerGroups.sink),
    compare: async (round: number) => {
      return compareRound(clickhouse, databases, round)
    },
    isEqual,
    hold: (seconds: number) => holdWrites(clickhouse, databases.live, seconds),
    release: () => releaseWrites(clickhouse, databases.live),
    exchange: () => sink.move(() => exchangeTables(clickhouse, databases)),
    onProgress: options.onProgress,
    pause: (ms: number) => delay(ms),
    now: () => performance.now(),
    throwIfBroken: sink.throwIfBroken,
  }
  const { swapped, comparison } = await replay<Comparison>(deps, options).catch((error: unknown) => {
    throw error instanceof ReplayStuck ? stuck(error.step) : error
  })
  const equal = isEqual(comparison)
  if (equal) await fresh.drop()
  const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(1))
  return { equal, swapped, ...comparison, ...(equal ? {} : { kept: databases.fresh }), seconds }
}
