import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { SetupError } from '../runtime/errors.ts'
import type { Logger } from '../runtime/logger.ts'
import { stablePorts } from './free-port.ts'
import { ensureKafkaJars, kafkaVersion } from './kafka-jars.ts'
import type { EmbeddedService } from './service.ts'
import { type SupervisedProcess, startSupervised } from './supervised-process.ts'

const run = promisify(execFile)
const startLimitMs = 60_000

export type StartKafkaOptions = {
  readonly dataDir: string
  readonly cacheDir: string
  readonly logger: Logger
  readonly onProgress: (message: string) => void
  readonly javaPath?: string
}

const properties = (folder: string, brokerPort: number, controllerPort: number): string =>
  Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${brokerPort},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${brokerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(folder, 'logs'),
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 8,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'message.max.bytes': 12 * 1024 * 1024,
    'replica.fetch.max.bytes': 12 * 1024 * 1024,
    'log.segment.bytes': 256 * 1024 * 1024,
    // A broker that was killed may register again only when its last session is over.
    'broker.session.timeout.ms': 3000,
    'broker.heartbeat.interval.ms': 500,
  })
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')

const jvm = [
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
]

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  )

/** A new cluster id: 16 random bytes in base64; Kafka's tool would take one that begins with a hyphen for an option. */
export const newClusterId = (random: (size: number) => Buffer = randomBytes): string => {
  const id = random(16).toString('base64url')
  return id.startsWith('-') ? newClusterId(random) : id
}

/** Formats the log folder once; a folder that has been formatted keeps its cluster id and its records. */
const format = async (java: string, jars: string, folder: string, config: string): Promise<void> => {
  if (await exists(join(folder, 'logs', 'meta.properties'))) return
  const clusterId = newClusterId()
  await run(java, [
    ...jvm.slice(0, 3),
    '-cp',
    join(jars, '*'),
    'kafka.tools.StorageTool',
    'format',
    '-t',
    clusterId,
    '-c',
    config,
  ])
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (answer: boolean) => () => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', end(true))
    socket.once('error', end(false))
  })

const untilReady = async (process: SupervisedProcess, port: number, logFile: string): Promise<void> => {
  let ended = false
  void process.exited.then(() => {
    ended = true
  })
  const until = performance.now() + startLimitMs
  while (!ended && performance.now() < until) {
    if (await accepts(port)) return
    await delay(50)
  }
  const tail = (await readFile(logFile, 'utf8').catch(() => '')).slice(-500)
  throw new SetupError('SERVICE_START_FAILED', `Kafka did not start: ${tail}`, `look into ${logFile}`)
}

/** Starts the broker over a data folder: what it held is there again. */
export const startEmbeddedKafka = async (options: StartKafkaOptions): Promise<EmbeddedService> => {
  const java = options.javaPath ?? 'java'
  const jars = await ensureKafkaJars(options)
  const folder = join(options.dataDir, 'kafka')
  await mkdir(folder, { recursive: true })
  const [brokerPort = 0, controllerPort = 0] = await stablePorts(join(folder, 'ports.json'), 2)
  const config = join(folder, 'server.properties')
  await writeFile(config, properties(folder, brokerPort, controllerPort))
  await format(java, jars, folder, config)
  const logFile = join(options.dataDir, 'log', 'kafka.log')
  const launch = async (): Promise<SupervisedProcess> => {
    const args = [...jvm, '-cp', join(jars, '*'), 'kafka.Kafka', config]
    const started = await startSupervised({ name: 'Kafka', command: java, args, logFile })
    await untilReady(started, brokerPort, logFile)
    options.logger.debug({ pid: started.pid, port: brokerPort }, 'kafka is up')
    return started
  }
  let current = await launch()
  return {
    name: 'kafka',
    version: kafkaVersion,
    address: `127.0.0.1:${brokerPort}`,
    pid: () => current.pid,
    stop: () => current.stop(),
    kill: async (signal) => current.kill(signal),
    restart: async () => {
      await current.stop()
      current = await launch()
    },
  }
}
