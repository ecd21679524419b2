/** An engine for tests: `node owner.ts FOLDER`. It runs the real services over the folder until it is killed. */
import { startEmbeddedServices } from '../../src/embedded/start-services.ts'
import { readSettings } from '../../src/runtime/config.ts'
import { silentLogger } from '../../src/runtime/logger.ts'

await startEmbeddedServices({
  dataDir: process.argv[2] ?? '',
  cacheDir: readSettings().cacheDir,
  kafka: true,
  clickhouse: true,
  logger: silentLogger,
  onProgress: console.error,
  onGiveUp: console.error,
})
console.log('up')
process.stdin.resume()
