import { z } from 'zod'
import type { ClickHouse } from '../../runtime/clickhouse.ts'
import { changeSchema } from '../schema/replicated-statement.ts'
import type { Databases } from './compare-tables.ts'
import { rebuiltTables } from './rebuilt-tables.ts'

const constraint = 'osteostream_replay_swap'
const clockSchema = z.object({ now: z.number() })

/**
 * Lets the live tables refuse rows for so many seconds. The sink tries again meanwhile and commits nothing. The
 * refusal ends by itself, so that a replay that dies here stops nobody.
 */
export const holdWrites = async (client: ClickHouse, live: string, seconds: number): Promise<void> => {
  const [clock] = await client.query('SELECT toUnixTimestamp(now()) AS now', {}, clockSchema)
  const until = (clock?.now ?? 0) + seconds
  for (const { name } of rebuiltTables) {
    await client.command(`ALTER TABLE ${live}.${name} DROP CONSTRAINT IF EXISTS ${constraint}`)
    await client.command(
      `ALTER TABLE ${live}.${name} ADD CONSTRAINT ${constraint} CHECK now() >= toDateTime(${until})`,
    )
  }
}

/** Lets the live tables take rows again. */
export const releaseWrites = async (client: ClickHouse, live: string): Promise<void> => {
  for (const { name } of rebuiltTables)
    await client.command(`ALTER TABLE ${live}.${name} DROP CONSTRAINT IF EXISTS ${constraint}`)
}

/** Gives the rebuilt tables the names of the live ones and the other way round, in one statement. */
export const exchangeTables = (client: ClickHouse, { live, fresh }: Databases): Promise<void> =>
  changeSchema(
    client,
    `EXCHANGE TABLES ${rebuiltTables.map(({ name }) => `${live}.${name} AND ${fresh}.${name}`).join(', ')}`,
  )
