/**
 * Runs every test: starts one real Kafka and one real ClickHouse for the run, hands their addresses to the
 * test files, and stops them. Arguments go to `node --test` (patterns, --test-name-pattern, …).
 */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startEmbeddedServices } from '../src/embedded/start-services.ts'
import { readSettings } from '../src/runtime/config.ts'
import { messageOf } from '../src/runtime/errors.ts'
import { createLogger } from '../src/runtime/logger.ts'

const root = resolve(import.meta.dirname, '..')
const logger = createLogger({ level: 'warn', pretty: false })
const patterns = process.argv.slice(2)

const runTests = (environment: Record<string, string>): Promise<number> =>
  new Promise((done, fail) => {
    const files = patterns.some((argument) => !argument.startsWith('-'))
      ? patterns
      : [...patterns, 'test/**/*.test.ts']
    const child = spawn(
      process.execPath,
      ['--test', '--test-concurrency=2', '--test-timeout=560000', '--test-force-exit', ...files],
      { cwd: root, stdio: 'inherit', env: { ...process.env, ...environment } },
    )
    child.on('error', fail)
    child.on('exit', (code) => done(code ?? 1))
  })

const dataDir = await mkdtemp(join(tmpdir(), 'osteostream-test-'))
let status = 1
try {
  const { cacheDir } = readSettings()
  const services = await startEmbeddedServices({
    dataDir,
    cacheDir,
    kafka: true,
    clickhouse: true,
    logger,
    onProgress: (message) => console.log(`# ${message}`),
    onGiveUp: (error) => console.error(error),
  })
  try {
    status = await runTests({
      TEST_KAFKA_BROKERS: services.kafka?.address ?? '',
      TEST_CLICKHOUSE_URL: services.clickhouse?.address ?? '',
      TEST_CLICKHOUSE_USER: services.clickhouse?.credentials?.username ?? '',
      TEST_CLICKHOUSE_PASSWORD: services.clickhouse?.credentials?.password ?? '',
    })
  } finally {
    await services.stop()
  }
} catch (error) {
  console.error(messageOf(error))
} finally {
  await rm(dataDir, { recursive: true, force: true })
}
process.exit(status)
