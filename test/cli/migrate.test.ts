import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createDatabase } from '../../src/analytics/schema/migrate.ts'
import { followModels } from '../../src/consumers/model-schedule.ts'
import { topics } from '../../src/contracts/topics.ts'
import { startEmbeddedServices } from '../../src/embedded/start-services.ts'
import { openClickHouse } from '../../src/runtime/clickhouse.ts'
import { readSettings } from '../../src/runtime/config.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { objectOf, runCommand } from '../support/run-command.ts'
import { kafkaFor, uniqueName, useServices } from '../support/services.ts'
import { tempDir } from '../support/temp-dir.ts'
import { undoAfter } from '../support/undo.ts'

test('on empty services it makes schema and topics and activates what is shipped; the second time it changes nothing', {
  timeout: 300_000,
}, async (t) => {
  const undo = undoAfter(t)
  const cleaner = { after: (work: () => Promise<void> | void) => undo(async () => work()) }
  const { clickhouse } = await useServices(cleaner)
  const dataDir = await tempDir(cleaner)
  const own = await startEmbeddedServices({
    dataDir,
    cacheDir: readSettings().cacheDir,
    kafka: true,
    clickhouse: false,
    logger: silentLogger,
    onProgress: () => {},
    onGiveUp: (error) => assert.fail(error),
  })
  undo(own.stop)
  const brokers = own.kafka?.address ?? ''
  const database = uniqueName('test').replaceAll('-', '_')
  const server = openClickHouse({ ...clickhouse, database: 'default' })
  undo(server.close)
  await createDatabase(server, database)
  undo(() => server.command(`DROP DATABASE IF EXISTS ${database}`))
  const engineKey = randomBytes(32)
  const migrate = async () => {
    const answer = await runCommand(['migrate', '--with-topics', '--json'], '', {
      OSTEOSTREAM_DATA_DIR: `${dataDir}/none`,
      OSTEOSTREAM_KAFKA_BROKERS: brokers,
      OSTEOSTREAM_CLICKHOUSE_URL: clickhouse.url,
      OSTEOSTREAM_CLICKHOUSE_USER: clickhouse.username,
      OSTEOSTREAM_CLICKHOUSE_PASSWORD: clickhouse.password,
      OSTEOSTREAM_CLICKHOUSE_DATABASE: database,
      OSTEOSTREAM_ENGINE_KEY: engineKey.toString('base64'),
    })
    assert.equal(answer.code, 0, answer.stderr)
    return objectOf(answer)
  }
  assert.ok((await migrate()).applied.length > 0)
  const kafka = kafkaFor({ brokers })
  const admin = await kafka.connectAdmin()
  undo(admin.stop)
  for (const { name, partitions } of topics)
    assert.equal((await admin.bounds(name)).end.size, partitions, name)
  const activations = async (): Promise<number> => {
    const models = await followModels({
      consume: kafka.consume,
      admin,
      engineKey,
      logger: silentLogger,
      onCrash: (error) => assert.fail(error),
    })
    await models.stop()
    return models.all().length
  }
  const first = await activations()
  assert.ok(first >= 2, 'a finder and a classifier')
  assert.deepEqual(await migrate(), { applied: [] })
  assert.equal(await activations(), first)
})
