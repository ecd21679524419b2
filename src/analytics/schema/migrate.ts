import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { ClickHouse } from '../../runtime/clickhouse.ts'
import { SetupError } from '../../runtime/errors.ts'

const folder = join(import.meta.dirname, 'migrations')
const appliedSchema = z.object({ name: z.string(), checksum: z.string() })

type Migration = { readonly name: string; readonly checksum: string; readonly statements: readonly string[] }

const readMigrations = async (): Promise<readonly Migration[]> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted()
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(folder, name), 'utf8')
      const statements = text
        .split(/;\s*\n/)
        .map((statement) => statement.trim())
        .filter((statement) => statement !== '')
      return { name, checksum: createHash('sha256').update(text).digest('hex'), statements }
    }),
  )
}

const refuse = (database: string, what: string): SetupError =>
  new SetupError(
    'SCHEMA_TOO_NEW',
    `the database ${database} ${what}`,
    'run the version of osteostream that made it, or a newer one; migrations go forward only',
  )

/** Creates the database where it is missing; Atomic, because views are replaced in one step there. */
export const createDatabase = (server: Pick<ClickHouse, 'command'>, database: string): Promise<void> =>
  server.command(`CREATE DATABASE IF NOT EXISTS ${database} ENGINE = Atomic`)

/**
 * Brings the schema up to date and answers what it applied. Every statement may run twice, so two migrators at
 * once do no harm. Throws SetupError SCHEMA_TOO_NEW for a database that a newer version has changed.
 */
export const migrate = async (client: ClickHouse): Promise<readonly string[]> => {
  await client.command(
    'CREATE TABLE IF NOT EXISTS schema_migrations (name String, checksum String, applied_at DateTime64(3)) ENGINE = ReplacingMergeTree ORDER BY name',
  )
  const rows = await client.query('SELECT name, checksum FROM schema_migrations FINAL', {}, appliedSchema)
  const applied = new Map(rows.map((row) => [row.name, row.checksum]))
  const known = await readMigrations()
  const foreign = [...applied.keys()].find((name) => !known.some((migration) => migration.name === name))
  if (foreign !== undefined)
    throw refuse(client.database, `has the migration ${foreign}, which this version does not know`)
  const fresh: string[] = []
  for (const { name, checksum, statements } of known) {
    const before = applied.get(name)
    if (before !== undefined && before !== checksum)
      throw refuse(client.database, `has another form of ${name}`)
    if (before !== undefined) continue
    for (const statement of statements) await client.command(statement)
    await client.insert('schema_migrations', [{ name, checksum, applied_at: new Date().toISOString() }])
    fresh.push(name)
  }
  return fresh
}
