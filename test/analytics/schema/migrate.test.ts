import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { z } from 'zod'
import { createDatabase, migrate } from '../../../src/analytics/schema/migrate.ts'
import { readMigrations } from '../../../src/analytics/schema/migration-files.ts'
import { withMigrationLock } from '../../../src/analytics/schema/migration-lock.ts'
import { createResultStore } from '../../../src/analytics/stores/result-store.ts'
import { SetupError } from '../../../src/runtime/errors.ts'
import { openEmptyDatabase, type TestDatabase } from '../../support/empty-database.ts'
import { undoAfter } from '../../support/undo.ts'
import { waitFor } from '../../support/wait-for.ts'
import { everything } from '../stores/everything.ts'

const isTooNew = (error: unknown): boolean => error instanceof SetupError && error.code === 'SCHEMA_TOO_NEW'
const nameSchema = z.object({ name: z.string() })

const known = await readMigrations()
const nextNumber = String(known.length + 1).padStart(4, '0')

describe('migrate', () => {
  const undo = undoAfter({ after })
  let database: TestDatabase
  before(async () => {
    database = await openEmptyDatabase(undo)
  })
  const tables = async (): Promise<string[]> => {
    const rows = await database.client.query(
      'SELECT name FROM system.tables WHERE database = currentDatabase() ORDER BY name',
      {},
      nameSchema,
    )
    return rows.map(({ name }) => name)
  }
  beforeEach(async () => {
    for (const name of await tables()) await database.client.command(`DROP TABLE ${name} SYNC`)
  })

  test('applies every step once, in order', async () => {
    const first = await migrate(database.client)
    assert.equal(first[0], '0001-tables.sql')
    assert.deepEqual(first, [...first].sort())
    assert.deepEqual(await migrate(database.client), [])
    assert.deepEqual(await tables(), [
      'alarms',
      'announcements',
      'canary_readings',
      'commands',
      'corrections',
      'erased_arrivals',
      'erased_people',
      'film_contributions',
      'findings',
      'history_readings',
      'image_records',
      'monitor_passes',
      'phantom_readings',
      'populations',
      'receipts',
      'reference_tests',
      'relinked_people',
      'reports',
      'schema_migrations',
      'sites',
      'touched_films',
      'unattributed',
      'verdicts',
      'withheld',
    ])
  })

  test('a database of before is refused with a sentence that says how to start anew', async () => {
    await migrate(database.client)
    await database.client.command(
      "INSERT INTO schema_migrations (name, checksum) VALUES ('0001-results.sql', 'x')",
    )
    await assert.rejects(
      migrate(database.client),
      (error) =>
        error instanceof SetupError && error.code === 'DATA_OF_BEFORE' && /start anew/.test(error.remedy),
    )
  })

  test('of migrators at once, one works and nobody fails', async () => {
    const others = [database.client, database.connect(), database.connect(), database.connect()]
    const applied = await Promise.all(others.map((client) => migrate(client)))
    assert.equal(applied.filter((names) => names.length > 0).length, 1)
    assert.ok(!(await tables()).includes('schema_lock'))
  })

  test('waits for a migrator that works', async () => {
    const held = Promise.withResolvers<void>()
    const refusedOnce = Promise.withResolvers<void>()
    const order: string[] = []
    const first = withMigrationLock(database.client, async () => {
      await held.promise
      order.push('first')
    })
    await waitFor('the lock', async () => (await tables()).includes('schema_lock'))
    let tries = 0
    const other = database.connect()
    const command: typeof other.command = (sql, params) => {
      tries += 1
      if (tries === 2) refusedOnce.resolve()
      return other.command(sql, params)
    }
    const second = withMigrationLock({ ...other, command }, async () => order.push('second'))
    await refusedOnce.promise
    held.resolve()
    await Promise.all([first, second])
    assert.deepEqual(order, ['first', 'second'])
  })

  test('takes over from a migrator that died', async () => {
    await database.client.command('CREATE TABLE schema_lock (held UInt8) ENGINE = Memory')
    assert.equal(await withMigrationLock(database.client, async () => 'taken over', -1), 'taken over')
    assert.ok(!(await tables()).includes('schema_lock'))
  })

  test('gives the lock back when a step fails', async () => {
    const fault = new Error('a step failed')
    await assert.rejects(
      withMigrationLock(database.client, () => Promise.reject(fault)),
      fault,
    )
    assert.equal(await withMigrationLock(database.client, async () => 'free'), 'free')
  })

  test('goes on after a migrator that died between its statements', async () => {
    await migrate(database.client)
    await database.client.command('TRUNCATE TABLE schema_migrations')
    await database.client.command('DROP TABLE sites')
    assert.ok((await migrate(database.client)).length > 0)
    assert.ok((await tables()).includes('sites'))
  })

  test('rows of before the order of verdicts are compared by it', async () => {
    for (const { name, statements } of await readMigrations())
      if (name < '0003') for (const statement of statements) await database.client.command(statement)
    for (const kind of ['finding', 'deadLettered'])
      await database.client.command(
        `INSERT INTO verdicts (event_id, attempt, image_offset, kind) VALUES ('e', 1, 5, '${kind}')`,
      )
    await migrate(database.client)
    const [row, ...more] = await database.client.query(
      "SELECT kind AS name FROM verdicts FINAL WHERE event_id = 'e'",
      {},
      nameSchema,
    )
    assert.deepEqual([row?.name, more.length], ['finding', 0])
  })

  const noteStep = (name: string) =>
    database.client.insert('schema_migrations', { name: (step: string) => step, checksum: () => 'x' }, [name])

  test('works with a database that is one version ahead: an old process may start again while a new one is rolled out', async () => {
    await migrate(database.client)
    const live = (await tables()).filter((name) => !['schema_migrations', 'touched_films'].includes(name))
    for (const table of live)
      await database.client.command(
        `ALTER TABLE ${table} ADD COLUMN of_the_next_version String DEFAULT 'new'`,
      )
    await noteStep(`${nextNumber}-later.sql`)
    assert.deepEqual(await migrate(database.client), [])
    await createResultStore({ client: database.client }).write(everything)
    const [row] = await database.client.query(
      'SELECT of_the_next_version AS name FROM findings FINAL LIMIT 1',
      {},
      nameSchema,
    )
    assert.equal(row?.name, 'new')
  })

  test('refuses what is two versions ahead, or what older processes must be stopped for', async () => {
    await migrate(database.client)
    await noteStep(`${nextNumber}-later-incompatible.sql`)
    await assert.rejects(migrate(database.client), isTooNew)
    await database.client.command('DROP TABLE schema_migrations SYNC')
    await migrate(database.client)
    await noteStep(`${nextNumber}-later.sql`)
    await noteStep(`${String(Number(nextNumber) + 1).padStart(4, '0')}-much-later.sql`)
    await assert.rejects(migrate(database.client), isTooNew)
  })

  test('a step that is not called incompatible only adds, so that the version before works with it', async () => {
    const adds =
      /^(?:--[^\n]*\n|\s)*(?:CREATE TABLE IF NOT EXISTS|ALTER TABLE \w+ ADD COLUMN IF NOT EXISTS)\s/
    for (const { name, statements } of await readMigrations())
      if (!name.endsWith('-incompatible.sql'))
        for (const statement of statements) assert.match(statement, adds, name)
  })

  test('refuses a database of a newer version, and touches nothing', async () => {
    await database.client.command(
      'CREATE TABLE schema_migrations (name String, checksum String, applied_at DateTime DEFAULT now()) ENGINE = ReplacingMergeTree ORDER BY name',
    )
    await database.client.insert(
      'schema_migrations',
      { name: () => '9999-later.sql', checksum: () => 'x' },
      [1],
    )
    await assert.rejects(migrate(database.client), isTooNew)
    assert.deepEqual(await tables(), ['schema_migrations'])
  })

  test('refuses a database in which a step was something else', async () => {
    await migrate(database.client)
    await database.client.command(
      "ALTER TABLE schema_migrations UPDATE checksum = 'other' WHERE true SETTINGS mutations_sync = 2",
    )
    await assert.rejects(migrate(database.client), isTooNew)
  })

  test('the database is Atomic, creating it twice is nothing, and its name is a name', async () => {
    const name = `${database.client.database}_again`
    undo(() => database.server.command(`DROP DATABASE ${name}`))
    await createDatabase(database.server, name)
    await createDatabase(database.server, name)
    const [row] = await database.server.query(
      'SELECT engine FROM system.databases WHERE name = {name:String}',
      { name },
      z.object({ engine: z.string() }),
    )
    assert.equal(row?.engine, 'Atomic')
    await assert.rejects(createDatabase(database.server, 'a; DROP DATABASE b'), z.ZodError)
  })
})
