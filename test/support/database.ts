import { createDatabase, migrate } from '../../src/analytics/schema/migrate.ts'
import { type ClickHouse, openClickHouse } from '../../src/runtime/clickhouse.ts'
import { type TestServices, uniqueName } from './services.ts'

/** A migrated database of its own for a test, dropped behind it. */
export const useDatabase = async (
  t: { after: (work: () => Promise<void>) => void },
  services: TestServices,
): Promise<ClickHouse> => {
  const database = uniqueName('test').replaceAll('-', '_')
  const server = openClickHouse({ ...services.clickhouse, database: 'default' })
  await createDatabase(server, database)
  const client = openClickHouse({ ...services.clickhouse, database })
  await migrate(client)
  t.after(async () => {
    await server.command(`DROP DATABASE ${database}`)
    await client.close()
    await server.close()
  })
  return client
}
