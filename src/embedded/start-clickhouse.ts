import { randomBytes } from 'node:crypto'
import { chmod, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeFolder } from '../runtime/make-folder.ts'
import { chdbLibrary } from './chdb-library.ts'
import { clickhouseUser, configXml, serveQuery, usersXml } from './clickhouse-config.ts'
import { choosePorts } from './free-port.ts'
import { readTextIfThere, replaceFile } from './kept-file.ts'
import { type RunServiceOptions, runService } from './run-service.ts'
import type { EmbeddedService } from './service.ts'
import { endFormer } from './supervised-process.ts'

const answerLimitMs = 5000

export type StartClickHouseOptions = RunServiceOptions & {
  readonly dataDir: string
  /** Of the HTTP interface; the one of the last start, else any free one, where not given. */
  readonly port?: number | undefined
}

/** A random password that stays with the data folder. */
const passwordOf = async (file: string): Promise<string> => {
  const known = await readTextIfThere(file)
  if (known !== undefined) return known
  const fresh = randomBytes(24).toString('base64url')
  await replaceFile(file, fresh)
  return fresh
}

const askVersion = async (url: string, password: string): Promise<string> => {
  const answer = await fetch(url, {
    method: 'POST',
    body: 'SELECT version()',
    headers: { 'x-clickhouse-user': clickhouseUser, 'x-clickhouse-key': password, connection: 'close' },
    signal: AbortSignal.timeout(answerLimitMs),
  })
  const text = (await answer.text()).trim()
  if (!answer.ok) throw new Error(text.slice(0, 300))
  return text
}

const writeConfig = async (folder: string, password: string): Promise<string> => {
  const users = join(folder, 'users.xml')
  const config = join(folder, 'config.xml')
  await replaceFile(users, usersXml(password))
  await replaceFile(config, configXml(users))
  return config
}

const argumentsOf = (config: string, data: string, port: number): readonly string[] => [
  fileURLToPath(new URL('./clickhouse-process.ts', import.meta.url)),
  chdbLibrary(),
  `--config-file=${config}`,
  `--path=${data}`,
  `--http_port=${port}`,
  '--listen_host=127.0.0.1',
  '--log-level=warning',
  '--multiquery',
  '--query',
  serveQuery,
]

/** Starts ClickHouse over a data folder: what it held is there again. Throws SetupError. */
export const startEmbeddedClickHouse = async (options: StartClickHouseOptions): Promise<EmbeddedService> => {
  const folder = join(options.dataDir, 'clickhouse')
  const data = join(folder, 'data')
  const processFile = join(folder, 'process.id')
  await makeFolder(folder)
  await chmod(folder, 0o700)
  await endFormer(processFile)
  const [port = 0] = await choosePorts(join(folder, 'ports.json'), [options.port])
  const password = await passwordOf(join(folder, 'password'))
  const config = await writeConfig(folder, password)
  const address = `http://127.0.0.1:${port}`
  let version = ''
  const plan = {
    name: 'clickhouse',
    title: 'ClickHouse',
    command: process.execPath,
    args: argumentsOf(config, data, port),
    ports: [{ port, setting: 'OSTEOSTREAM_CLICKHOUSE_PORT' }],
    logFile: join(options.dataDir, 'log', 'clickhouse.log'),
    processFile,
    // The engine forgets its system tables when it ends and cannot make part_log over the files of the last one.
    prepare: () => rm(join(data, 'data', 'system'), { recursive: true, force: true }),
    ask: async () => {
      version = await askVersion(address, password)
    },
  } as const
  const running = await runService(plan, options)
  return { ...running, version, address, credentials: { username: clickhouseUser, password } }
}
