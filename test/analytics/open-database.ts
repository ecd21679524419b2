import { after, before, beforeEach } from 'node:test'
import { createDatabase, migrate } from '../../src/analytics/schema/migrate.ts'
import { type ClickHouse, openClickHouse } from '../../src/runtime/clickhouse.ts'
import { uniqueName, useServices } from '../support/services.ts'
import { undoAfter } from '../support/undo.ts'

/** Connections to a ClickHouse server, and to a database of its own that goes with the test file. */
export type TestDatabase = {
  readonly server: ClickHouse
  readonly client: ClickHouse
  /** Another connection to the same database, or to one of another name. */
  readonly connect: (database?: string) => ClickHouse
}

/** Takes what must be undone when the test file ends, the last first (see `undoAfter`). */
type Undo = (undo: () => Promise<unknown>) => void

/** An empty database. */
export const openEmptyDatabase = async (undo: Undo): Promise<TestDatabase> => {
  const { clickhouse } = await useServices({ after: (work) => undo(async () => work()) })
  const database = uniqueName('analytics').replaceAll('-', '_')
  const connect = (name = database): ClickHouse => {
    const client = openClickHouse({ ...clickhouse, database: name })
    undo(client.close)
    return client
  }
  const server = connect('default')
  await createDatabase(server, database)
  undo(() => server.command(`DROP DATABASE IF EXISTS ${database}`))
  return { server, client: connect(), connect }
}

/** A database with our tables. */
export const openDatabase = async (undo: Undo): Promise<TestDatabase> => {
  const database = await openEmptyDatabase(undo)
  await migrate(database.client)
  return database
}

const ownTables = [
  'receipts',
  'verdicts',
  'findings',
  'unattributed',
  'image_records',
  'reference_tests',
  'corrections',
  'alarms',
  'sites',
  'erased_arrivals',
  'erased_people',
  'relinked_people',
]

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
