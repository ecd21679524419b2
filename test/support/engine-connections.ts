import { findServices, kafkaClientFor } from '../../src/roles/connect-services.ts'
import { openClickHouse } from '../../src/runtime/clickhouse.ts'
import { readSettings } from '../../src/runtime/config.ts'
import { silentLogger } from '../../src/runtime/logger.ts'

/** Connections of a test to the services of an engine that runs on a data folder. */
export const connectToEngine = async (dataDir: string, undo: (stop: () => Promise<unknown>) => void) => {
  const settings = readSettings({ dataDir })
  const services = await findServices(settings)
  const clickhouse = openClickHouse(services.clickhouse)
  undo(clickhouse.close)
  const kafka = kafkaClientFor(services, settings, silentLogger, 'test')
  const admin = await kafka.connectAdmin()
  undo(admin.stop)
  const publisher = await kafka.connectPublisher()
  undo(publisher.stop)
  return { services, clickhouse, kafka, admin, publisher }
}
