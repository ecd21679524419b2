import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { type ClickHouse, ClickHouseFailure, countSchema } from '../../runtime/clickhouse.ts'
import { changeSchema } from './replicated-statement.ts'

const pollMs = 100
/** A lock that is older belongs to a migrator that died; by the server's clock. */
const staleAfterSeconds = 120

const ageSchema = z.object({ age: countSchema })

const take = async (client: ClickHouse): Promise<boolean> => {
  try {
    await changeSchema(client, 'CREATE TABLE schema_lock (held UInt8) ENGINE = Memory')
    return true
  } catch (error) {
    if (error instanceof ClickHouseFailure && error.code === 'TABLE_ALREADY_EXISTS') return false
    throw error
  }
}

const release = (client: ClickHouse): Promise<void> =>
  changeSchema(client, 'DROP TABLE IF EXISTS schema_lock')

const dropStale = async (client: ClickHouse, staleAfter: number): Promise<void> => {
  const [lock] = await client.query(
    `SELECT toUInt64(greatest(0, dateDiff('second', metadata_modification_time, now()))) AS age
     FROM system.tables WHERE database = currentDatabase() AND name = 'schema_lock'`,
    {},
    ageSchema,
  )
  if (lock !== undefined && lock.age > staleAfter) await release(client)
}

/**
 * Lets one migrator work at a time: creating a table succeeds for one only. On replicas Keeper puts the statements of all
 * migrators in one order, whichever replica they went to. This is a guard like a lock, not
 * a proof (a holder may outlive the limit), so every statement of a migration must bear being run twice.
 */
export const withMigrationLock = async <Value>(
  client: ClickHouse,
  work: () => Promise<Value>,
  staleAfter = staleAfterSeconds,
): Promise<Value> => {
  while (!(await take(client))) {
    await dropStale(client, staleAfter)
    await delay(pollMs)
  }
  try {
    return await work()
  } finally {
    await release(client)
  }
}
