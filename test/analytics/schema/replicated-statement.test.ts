import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { migrate } from '../../../src/analytics/schema/migrate.ts'
import { readMigrations } from '../../../src/analytics/schema/migration-files.ts'
import { replicatedStatement } from '../../../src/analytics/schema/replicated-statement.ts'
import type { ClickHouse } from '../../../src/runtime/clickhouse.ts'
import { openEmptyDatabase } from '../../support/empty-database.ts'
import { undoAfter } from '../../support/undo.ts'

describe('the schema on replicas', () => {
  test('every table is made on each replica, with an engine that keeps its rows in step', async () => {
    for (const { name, statements } of await readMigrations())
      for (const statement of statements) {
        const replicated = replicatedStatement(statement)
        if (!replicated.startsWith('ALTER '))
          assert.match(replicated, /^CREATE TABLE IF NOT EXISTS \w+ ON CLUSTER '\{cluster\}'/, name)
        assert.doesNotMatch(replicated, /ENGINE = (?!Replicated)/, name)
      }
  })

  test('what is run once for all, and what is left to the table', () => {
    assert.equal(
      replicatedStatement('CREATE TABLE schema_lock (held UInt8) ENGINE = Memory'),
      "CREATE TABLE schema_lock ON CLUSTER '{cluster}' (held UInt8) ENGINE = Memory",
    )
    assert.equal(
      replicatedStatement('DROP TABLE IF EXISTS schema_lock'),
      "DROP TABLE IF EXISTS schema_lock ON CLUSTER '{cluster}'",
    )
    assert.equal(
      replicatedStatement('EXCHANGE TABLES a.x AND b.x, a.y AND b.y'),
      "EXCHANGE TABLES a.x AND b.x, a.y AND b.y ON CLUSTER '{cluster}'",
    )
    assert.equal(
      replicatedStatement('CREATE DATABASE IF NOT EXISTS o ENGINE = Atomic'),
      "CREATE DATABASE IF NOT EXISTS o ON CLUSTER '{cluster}' ENGINE = Atomic",
    )
    const alter = 'ALTER TABLE findings ADD COLUMN IF NOT EXISTS a String'
    assert.equal(replicatedStatement(alter), alter)
  })

  test('a real server reads every such statement', async (t) => {
    const undo = undoAfter(t)
    const { client } = await openEmptyDatabase(undo)
    const sent: string[] = []
    await migrate(client)
    // What one server has applied it would not be asked for again.
    await client.command('TRUNCATE TABLE schema_migrations')
    const replicas: ClickHouse = { ...client, replicated: true, command: async (sql) => void sent.push(sql) }
    await migrate(replicas)
    const changes = sent.filter((sql) => !sql.startsWith('INSERT'))
    assert.ok(changes.length > 20)
    assert.equal(changes.filter((sql) => sql.includes('schema_lock')).length, 2)
    // It answers with the tree of what it has read, or refuses what it cannot read.
    for (const sql of changes) await client.command(`EXPLAIN AST ${sql}`)
    await assert.rejects(client.command('EXPLAIN AST CREATE TABLE a ON (b UInt8)'))
  })
})
