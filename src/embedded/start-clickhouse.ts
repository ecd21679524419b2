import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { messageOf, SetupError } from '../runtime/errors.ts'
import type { Logger } from '../runtime/logger.ts'
import { stablePorts } from './free-port.ts'
import type { EmbeddedService } from './service.ts'
import { type SupervisedProcess, startSupervised } from './supervised-process.ts'

const startLimitMs = 60_000
const username = 'osteostream'

export type StartClickHouseOptions = { readonly dataDir: string; readonly logger: Logger }

/** Where chDB's library is, for this platform. Throws SetupError PLATFORM_UNSUPPORTED. */
export const chdbLibrary = (): string => {
  const name = `@chdb/lib-linux-${process.arch}-gnu`
  try {
    const fromChdb = createRequire(createRequire(import.meta.url).resolve('chdb/package.json'))
    return join(dirname(fromChdb.resolve(`${name}/package.json`)), 'libchdb.so')
  } catch (error) {
    throw new SetupError(
      'PLATFORM_UNSUPPORTED',
      `no embedded ClickHouse for ${process.platform}-${process.arch}`,
      'run `npm ci` on Linux x64 or arm64, or set OSTEOSTREAM_CLICKHOUSE_URL to use a ClickHouse that runs elsewhere',
      { cause: error },
    )
  }
}

const password = async (file: string): Promise<string> => {
  const known = await readFile(file, 'utf8').catch(() => undefined)
  if (known !== undefined) return known
  const fresh = randomBytes(24).toString('base64url')
  await writeFile(file, fresh, { mode: 0o600 })
  return fresh
}

/** `default` needs no password, because the session that keeps the server going is its; it may do just that. */
const users = (secret: string): string => `<clickhouse>
  <profiles><default><max_memory_usage>4000000000</max_memory_usage></default></profiles>
  <quotas><default/></quotas>
  <users>
    <default>
      <password/>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile><quota>default</quota>
      <grants><query>GRANT SYSTEM LISTEN ON *.*</query><query>GRANT SELECT ON system.numbers</query></grants>
    </default>
    <${username}>
      <password>${secret}</password>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile><quota>default</quota>
      <access_management>1</access_management>
    </${username}>
  </users>
</clickhouse>
`

const config = (folder: string): string => `<clickhouse>
  <users_config>${join(folder, 'users.xml')}</users_config>
  
  <max_server_memory_usage>4000000000</max_server_memory_usage>
  <mark_cache_size>268435456</mark_cache_size>
  <background_pool_size>2</background_pool_size>
  <background_schedule_pool_size>8</background_schedule_pool_size>
  <part_log>
    <database>system</database><table>part_log</table>
    <flush_interval_milliseconds>2000</flush_interval_milliseconds>
    <ttl>event_date + INTERVAL 3 DAY</ttl>
  </part_log>
</clickhouse>
`

const serve =
  'SYSTEM START LISTEN HTTP; SELECT sleepEachRow(1) FROM system.numbers SETTINGS max_block_size=1, function_sleep_max_microseconds_per_block=60000000 FORMAT Null'

const ask = async (url: string, secret: string, query: string): Promise<string> => {
  const answer = await fetch(`${url}/?query=${encodeURIComponent(query)}`, {
    headers: { 'x-clickhouse-user': username, 'x-clickhouse-key': secret },
    signal: AbortSignal.timeout(5000),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(text.slice(0, 300))
  return text.trim()
}

const untilReady = async (
  process: SupervisedProcess,
  url: string,
  secret: string,
  logFile: string,
): Promise<string> => {
  let last = 'it ended'
  let ended = false
  void process.exited.then(() => {
    ended = true
  })
  const until = performance.now() + startLimitMs
  while (!ended && performance.now() < until) {
    try {
      return await ask(url, secret, 'SELECT version()')
    } catch (error) {
      last = messageOf(error)
      await delay(50)
    }
  }
  throw new SetupError('SERVICE_START_FAILED', `ClickHouse did not start: ${last}`, `look into ${logFile}`)
}

/** Starts ClickHouse over a data folder: what it held is there again. */
export const startEmbeddedClickHouse = async (options: StartClickHouseOptions): Promise<EmbeddedService> => {
  const library = chdbLibrary()
  const folder = join(options.dataDir, 'clickhouse')
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o700)
  const [port = 0] = await stablePorts(join(folder, 'ports.json'), 1)
  const secret = await password(join(folder, 'password'))
  await writeFile(join(folder, 'users.xml'), users(secret), { mode: 0o600 })
  await writeFile(join(folder, 'config.xml'), config(folder))
  const logFile = join(options.dataDir, 'log', 'clickhouse.log')
  const url = `http://127.0.0.1:${port}`
  const file = fileURLToPath(new URL('./clickhouse-process.ts', import.meta.url))
  const flags = [
    `--config-file=${join(folder, 'config.xml')}`,
    `--path=${join(folder, 'data')}`,
    `--http_port=${port}`,
    '--listen_host=127.0.0.1',
    '--log-level=warning',
    '--multiquery',
    '--query',
    serve,
  ]
  const launch = async () => {
    const started = await startSupervised({
      name: 'ClickHouse',
      command: process.execPath,
      args: [file, library, ...flags],
      logFile,
    })
    const version = await untilReady(started, url, secret, logFile)
    options.logger.debug({ pid: started.pid, port, version }, 'clickhouse is up')
    return { started, version }
  }
  let current = await launch()
  return {
    name: 'clickhouse',
    version: current.version,
    address: url,
    credentials: { username, password: secret },
    pid: () => current.started.pid,
    stop: () => current.started.stop(),
    kill: async (signal) => current.started.kill(signal),
    restart: async () => {
      await current.started.stop()
      current = await launch()
    },
  }
}
