import { z } from 'zod'
import type { ClickHouse, Columns } from '../../runtime/clickhouse.ts'
import { SetupError } from '../../runtime/errors.ts'
import { type Migration, readMigrations } from './migration-files.ts'
import { withMigrationLock } from './migration-lock.ts'
import { changeSchema } from './replicated-statement.ts'

const appliedSchema = z.object({ name: z.string(), checksum: z.string() })

const appliedColumns: Columns<Migration> = {
  name: (migration) => migration.name,
  checksum: (migration) => migration.checksum,
}

const refuse = (database: string, what: string): SetupError =>
  new SetupError(
    'SCHEMA_TOO_NEW',
    `the database ${database} ${what}`,
    'run the version of osteostream that made it, or a newer one; migrations go forward only',
  )

const nameSchema = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/i)
const foundSchema = z.object({ name: z.string() })

/**
 * Creates a database where it is missing; Atomic, because views and tables are exchanged in one step there.
 * `server` is a connection to a database that exists, such as `default`.
 */
export const createDatabase = async (
  server: Pick<ClickHouse, 'command' | 'query' | 'replicated'>,
  database: string,
): Promise<void> => {
  const name = nameSchema.parse(database)
  const found = await server.query(
    'SELECT name FROM system.databases WHERE name = {name:String}',
    { name },
    foundSchema,
  )
  // An account that may use a database need not be allowed to create one.
  if (found.length === 0) await changeSchema(server, `CREATE DATABASE IF NOT EXISTS ${name} ENGINE = Atomic`)
}

/** Steps of databases that were made before the contracts of version 1 were fixed. */
const stepsOfBefore = new Set([
  '0001-results.sql',
  '0002-erasures.sql',
  '0003-verdict-order.sql',
  '0004-finder.sql',
])

const ofBefore = (database: string): SetupError =>
  new SetupError(
    'DATA_OF_BEFORE',
    `the database ${database} was made before the contracts of version 1 were fixed, and cannot be read`,
    'start anew: stop the engine, move the data folder away or name another one with OSTEOSTREAM_DATA_DIR (with services of your own: other topics and another OSTEOSTREAM_CLICKHOUSE_DATABASE), and ask the clinics to send again what is still wanted',
  )

const readApplied = async (client: ClickHouse): Promise<ReadonlyMap<string, string>> => {
  const rows = await client.query('SELECT name, checksum FROM schema_migrations FINAL', {}, appliedSchema)
  return new Map(rows.map((row) => [row.name, row.checksum]))
}

/** A step with which an older version cannot work: its processes must be stopped before it is applied. */
const stopsOlder = /-incompatible\.sql$/

const numberOf = (name: string): number => Number(name.slice(0, 4))

/**
 * Whether a process of ours works with a step that it does not know: it is the one after our last, as while a new version
 * is rolled out, and only adds. Each version adds one step at most, so that one step is one version.
 */
const isOneAhead = (foreign: readonly string[], known: readonly Migration[]): boolean => {
  const [next, ...more] = foreign
  const last = known.at(-1)
  if (next === undefined || last === undefined || more.length > 0 || stopsOlder.test(next)) return false
  return /^\d{4}-/.test(next) && numberOf(next) === numberOf(last.name) + 1
}

/**
 * The steps that a database still lacks. Throws SetupError SCHEMA_TOO_NEW where it has others than ours, unless it is one
 * version ahead.
 */
const missingSteps = (
  database: string,
  known: readonly Migration[],
  applied: ReadonlyMap<string, string>,
): readonly Migration[] => {
  if ([...applied.keys()].some((name) => stepsOfBefore.has(name))) throw ofBefore(database)
  const foreign = [...applied.keys()].filter((name) => !known.some((migration) => migration.name === name))
  if (foreign.length > 0 && !isOneAhead(foreign, known))
    throw refuse(database, `has the migration ${foreign.join(', ')}, which this version does not know`)
  const changed = known.find(({ name, checksum }) => applied.has(name) && applied.get(name) !== checksum)
  if (changed !== undefined) throw refuse(database, `has another form of the migration ${changed.name}`)
  return known.filter(({ name }) => !applied.has(name))
}

/**
 * Brings the schema of the client's database up to date and answers the names of what it applied. Two migrators
 * at once do no harm: one waits, and every statement may run twice. Throws SetupError SCHEMA_TOO_NEW for a
 * database that is more than one version ahead, before it touches anything.
 */
export const migrate = async (client: ClickHouse): Promise<readonly string[]> => {
  await changeSchema(
    client,
    `CREATE TABLE IF NOT EXISTS schema_migrations (name String, checksum String, applied_at DateTime DEFAULT now())
     ENGINE = ReplacingMergeTree ORDER BY name`,
  )
  const known = await readMigrations()
  if (missingSteps(client.database, known, await readApplied(client)).length === 0) return []
  return withMigrationLock(client, async () => {
    const missing = missingSteps(client.database, known, await readApplied(client))
    for (const migration of missing) {
      for (const statement of migration.statements) await changeSchema(client, statement)
      await client.insert('schema_migrations', appliedColumns, [migration])
    }
    return missing.map(({ name }) => name)
  })
}
