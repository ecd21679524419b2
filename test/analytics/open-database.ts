import { after, before, beforeEach } from 'node:test'
import { rebuiltTables } from '../../src/analytics/replay/rebuilt-tables.ts'
import { migrate } from '../../src/analytics/schema/migrate.ts'
import type { ClickHouse } from '../../src/runtime/clickhouse.ts'
import { openEmptyDatabase, type TestDatabase } from '../support/empty-database.ts'
import { type Undo, undoAfter } from '../support/undo.ts'

/** A database with our tables. */
export const openDatabase = async (undo: Undo): Promise<TestDatabase> => {
  const database = await openEmptyDatabase(undo)
  await migrate(database.client)
  return database
}

const ownTables = rebuiltTables.map(({ name }) => name)

/** Empties our tables, so that each test counts its own films. */
export const emptyTables = async (client: ClickHouse): Promise<void> => {
  await Promise.all(ownTables.map((table) => client.command(`TRUNCATE TABLE ${table}`)))
}

/** Our tables for the tests of a suite: opened before the first, emptied before each, gone after the last. */
export const useDatabase = (): TestDatabase => {
  const undo = undoAfter({ after })
  let opened: TestDatabase | undefined
  const database = (): TestDatabase => {
    if (opened === undefined) throw new Error('the database is open while tests run, not before')
    return opened
  }
  before(async () => {
    opened = await openDatabase(undo)
  })
  beforeEach(() => emptyTables(database().client))
  return {
    get server() {
      return database().server
    },
    get client() {
      return database().client
    },
    connect: (name) => database().connect(name),
  }
}
