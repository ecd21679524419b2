import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, rename, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { serviceEnvironment } from '../runtime/config.ts'
import { messageOf, SetupError } from '../runtime/errors.ts'
import { makeFolder } from '../runtime/make-folder.ts'
import { choosePorts } from './free-port.ts'
import { ensureKafkaJars, kafkaVersion } from './kafka-jars.ts'
import { type BrokerPorts, brokerFlags, brokerProperties, logDirOf } from './kafka-properties.ts'
import { readTextIfThere } from './kept-file.ts'
import { type RunServiceOptions, runService } from './run-service.ts'
import type { EmbeddedService } from './service.ts'
import { endFormer } from './supervised-process.ts'

const run = promisify(execFile)
const formatLimitMs = 60_000

export type StartKafkaOptions = RunServiceOptions & {
  readonly dataDir: string
  readonly cacheDir: string
  readonly onProgress: (message: string) => void
  /** Of the broker; the one of the last start, else any free one, where not given. */
  readonly port?: number | undefined
  /** `host:port` of what leads to the broker, where clients have to take a way round. */
  readonly advertised?: string | undefined
}

/** A new cluster id: 16 random bytes in base64; Kafka's tool would take one that begins with a hyphen for an option. */
export const newClusterId = (random: (size: number) => Buffer = randomBytes): string => {
  const id = random(16).toString('base64url')
  return id.startsWith('-') ? newClusterId(random) : id
}

const formatFailed = (error: unknown): SetupError =>
  new SetupError(
    'SERVICE_START_FAILED',
    `Kafka's data folder could not be formatted: ${messageOf(error).slice(-400)}`,
    'see the message, or choose another folder with --data-dir or OSTEOSTREAM_DATA_DIR',
    { cause: error },
  )

/**
 * Formats the log folder once; a folder that has been formatted keeps its cluster id and its records. It gets its
 * name only when it is whole: a start that was killed half way is simply made again.
 */
const formatOnce = async (classPath: string, folder: string, ports: BrokerPorts): Promise<void> => {
  const logDir = logDirOf(folder)
  if ((await readTextIfThere(join(logDir, 'meta.properties'))) !== undefined) return
  const fresh = `${logDir}-new`
  const config = join(folder, 'format.properties')
  await rm(fresh, { recursive: true, force: true })
  await writeFile(config, brokerProperties(fresh, ports))
  const format = ['kafka.tools.StorageTool', 'format', '-t', newClusterId(), '-c', config]
  try {
    await run('java', [...brokerFlags, '-cp', classPath, ...format], {
      timeout: formatLimitMs,
      env: serviceEnvironment(),
    })
    await rename(fresh, logDir)
  } catch (error) {
    throw formatFailed(error)
  }
}

/** The broker opens its port when it is ready to answer. */
const askPort = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve()
    })
    socket.once('error', reject)
  })

/** Starts the broker over a data folder: what it held is there again. Throws SetupError. */
export const startEmbeddedKafka = async (options: StartKafkaOptions): Promise<EmbeddedService> => {
  const jars = await ensureKafkaJars(options)
  const folder = join(options.dataDir, 'kafka')
  const processFile = join(folder, 'process.id')
  await makeFolder(folder)
  // Films lie in it.
  await chmod(folder, 0o700)
  await endFormer(processFile)
  const [broker = 0, controller = 0] = await choosePorts(join(folder, 'ports.json'), [
    options.port,
    undefined,
  ])
  const ports = { broker, controller }
  const classPath = join(jars, '*')
  const config = join(folder, 'server.properties')
  await writeFile(config, brokerProperties(logDirOf(folder), ports, options.advertised))
  await formatOnce(classPath, folder, ports)
  const plan = {
    name: 'kafka',
    title: 'Kafka',
    command: 'java',
    args: [...brokerFlags, '-cp', classPath, 'kafka.Kafka', config],
    ports: [{ port: broker, setting: 'OSTEOSTREAM_KAFKA_PORT' }],
    logFile: join(options.dataDir, 'log', 'kafka.log'),
    processFile,
    ask: () => askPort(broker),
  } as const
  const running = await runService(plan, options)
  return { ...running, version: kafkaVersion, address: `127.0.0.1:${broker}` }
}
