import { createDatabase } from '../../src/analytics/schema/migrate.ts'
import { type ClickHouse, openClickHouse } from '../../src/runtime/clickhouse.ts'
import { type TestServices, uniqueName, useServices } from './services.ts'
import type { Undo } from './undo.ts'

/** Connections to a ClickHouse server, and to a database of its own that goes with the test file. */
export type TestDatabase = {
  readonly server: ClickHouse
  readonly client: ClickHouse
  /** Another connection to the same database, or to one of another name. */
  readonly connect: (database?: string) => ClickHouse
}

/** An empty database, and where its server listens. */
export const openEmptyDatabase = async (
  undo: Undo,
): Promise<TestDatabase & { readonly address: TestServices['clickhouse'] }> => {
  const { clickhouse: address } = await useServices({ after: (work) => undo(async () => work()) })
  const database = uniqueName('test').replaceAll('-', '_')
  const connect = (name = database): ClickHouse => {
    const client = openClickHouse({ ...address, database: name })
    undo(client.close)
    return client
  }
  const server = connect('default')
  await createDatabase(server, database)
  undo(() => server.command(`DROP DATABASE IF EXISTS ${database}`))
  return { server, client: connect(), connect, address }
}
