import { availableParallelism, homedir, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { SetupError } from './errors.ts'
import { gatewaySettings } from './gateway-settings.ts'
import { s3Settings } from './s3-settings.ts'

const whole = z.coerce.number('must be a whole number').int('must be a whole number')
const port = whole.min(1, 'must be 1 to 65535').max(65535, 'must be 1 to 65535')
const positive = whole.min(1, 'must be 1 or more')
const oneOf = <const Words extends readonly string[]>(...words: Words) =>
  z.enum(words, `must be one of ${words.join(', ')}`)
const flag = oneOf('true', 'false').transform((text) => text === 'true')
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be http://host:port or https://host:port' })
const commaSeparated = z.string().transform((text) => text.split(',').map((part) => part.trim()))

/** More threads than this would only wait for each other, each with networks of its own in memory. */
const mostWorkers = Math.max(16, 4 * availableParallelism())
const mostBytesInFlight = Math.max(256 * 1024 * 1024, Math.floor(totalmem() / 2))

/** The most that OSTEOSTREAM_SPOOL_DAYS may be. */
export const longestSpoolDays = 3650

/** Every setting: its environment variable is `OSTEOSTREAM_` and the name in capitals. */
const settings = z.object({
  /** Folder of everything that the engine keeps on this machine. */
  dataDir: z.string().min(1).default('.osteostream'),
  /** Folder of what can be fetched again (Kafka's jars). */
  cacheDir: z
    .string()
    .min(1)
    .default(join(homedir(), '.cache', 'osteostream')),
  /** Folder of the model packages. */
  modelsDir: z
    .string()
    .min(1)
    .default(resolve(import.meta.dirname, '..', '..', 'models')),
  /** `host:port`, comma separated; unset starts the embedded broker. */
  kafkaBrokers: commaSeparated
    .pipe(z.array(z.string().regex(/^[^\s:]+:\d+$/, 'must be host:port')).min(1))
    .optional(),
  /** Of the embedded broker; unset takes the one of the last start, else any free one. */
  kafkaPort: port.optional(),
  kafkaTls: flag.default(false),
  kafkaSaslMechanism: oneOf('plain', 'scram-sha-256', 'scram-sha-512').optional(),
  kafkaSaslUsername: z.string().optional(),
  kafkaSaslPassword: z.string().optional(),
  /** Copies of each topic partition that are kept; 3 in production. */
  kafkaReplicationFactor: positive.max(100, 'must be 1 to 100').default(1),
  /** Milliseconds without a heartbeat after which a consumer's partitions go to another one. */
  sessionTimeoutMs: positive
    .min(6000, 'must be 6000 to 1800000, which brokers accept')
    .max(1_800_000, 'must be 6000 to 1800000, which brokers accept')
    .default(15_000),
  /** HTTP address; unset starts the embedded engine. */
  clickhouseUrl: httpUrl.optional(),
  /** Of the embedded engine's HTTP interface; unset as for the broker. */
  clickhousePort: port.optional(),
  /** Whether that address leads to several replicas of one shard, which share a Keeper. */
  clickhouseReplicated: flag.default(false),
  clickhouseUser: z.string().default('default'),
  clickhousePassword: z.string().default(''),
  clickhouseDatabase: z
    .string()
    .regex(/^[a-z_][a-z0-9_]*$/, 'must be lower-case letters, digits and underscores')
    .default('osteostream'),
  /** Under which the engine vouches for what it sends itself; unset takes the key in the data folder. */
  engineKey: z
    .base64('must be base64')
    .transform((text) => new Uint8Array(Buffer.from(text, 'base64')))
    .refine((key) => key.length >= 32, 'must hold 32 bytes or more')
    .optional(),
  /** Films cannot be older than this. */
  epoch: z.iso
    .datetime({ precision: 3, error: 'must be an instant in UTC like 2020-01-01T00:00:00.000Z' })
    .default('2020-01-01T00:00:00.000Z'),
  /** Days that a film may wait at its clinic before it is published. */
  spoolDays: positive.max(longestSpoolDays, `must be ${longestSpoolDays} or less`).default(30),
  logLevel: oneOf('trace', 'debug', 'info', 'warn', 'error', 'silent').default('info'),
  logFormat: oneOf('auto', 'json', 'pretty').default('auto'),
  /** `/metrics`, `/livez` and `/readyz` on this port; unset serves none. */
  metricsPort: port.optional(),
  /** The interface that they are served on; other machines see them at 0.0.0.0 or at an address of their network. */
  metricsHost: z.string().min(1).default('127.0.0.1'),
  /** Whether `up` and `demo` start the dashboard beside the engine. */
  dashboard: flag.default(true),
  /** The port of the dashboard on the loopback interface; unset takes the one of the last start, else any free one. */
  dashboardPort: port.optional(),
  /** Counts of people below this are hidden on pages and in files. */
  dashboardSmallestCount: whole.min(5, 'must be 5 to 10').max(10, 'must be 5 to 10').default(10),
  /** Seconds for which a loop with work in hand may do nothing before `/livez` says so. */
  stallLimitS: positive.min(60, 'must be 60 to 86400').max(86_400, 'must be 60 to 86400').default(300),
  /** OTLP over HTTP, for traces and metrics; unset exports none. */
  otlpEndpoint: httpUrl.optional(),
  /** Worker threads that decode and classify. */
  screeningWorkers: positive
    .max(mostWorkers, `must be 1 to ${mostWorkers} on this machine`)
    .default(Math.max(1, availableParallelism() - 1)),
  /** Bytes of film that a screening process holds at most. */
  bytesInFlight: positive
    .max(mostBytesInFlight, `must be 1 to ${mostBytesInFlight}, half of the memory of this machine`)
    .default(96 * 1024 * 1024),
  /**
   * Days that a film too large for a record stays in the film store. Not less than the 45 days for which its record
   * stays in Kafka: a record without its film cannot be screened.
   */
  filmStoreDays: positive
    .min(45, 'must be 45 to 36500; records name these films for 45')
    .max(36_500, 'must be 45 to 36500')
    .default(46),
  /** Seconds for which a record may be in work before an alarm says that it is stuck. */
  stuckRecordS: positive.max(86_400, 'must be 1 to 86400').default(600),
  /** Percent of the films that are screened while live ones wait that may be films of an archive. */
  backfillSharePercent: whole.min(1, 'must be 1 to 50').max(50, 'must be 1 to 50').default(5),
  /** Seconds between two passes of the monitor. */
  monitorPassS: positive.max(86_400, 'must be 1 to 86400').default(30),
  /** Films that share one run of the model. */
  batchSize: positive.max(64, 'must be 1 to 64').default(4),
  executionProvider: oneOf('cpu', 'cuda').default('cpu'),
  /** Seconds within which SIGTERM ends a process. */
  gracePeriodS: positive.max(3600, 'must be 1 to 3600').default(25),
  ...gatewaySettings,
  ...s3Settings,
})
export type Settings = z.infer<typeof settings>

/** The environment variable of a setting: `dataDir` is `OSTEOSTREAM_DATA_DIR`. */
export const variableOf = (name: string): string =>
  `OSTEOSTREAM_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`

const names = Object.keys(settings.shape)

const refuseUnknown = (environment: NodeJS.ProcessEnv): void => {
  const known = new Set(names.map(variableOf))
  const unknown = Object.keys(environment).find((name) => name.startsWith('OSTEOSTREAM_') && !known.has(name))
  if (unknown === undefined) return
  throw new SetupError(
    'SETTING_INVALID',
    `${unknown} is not a setting`,
    `unset it, or use one of: ${[...known].toSorted().join(', ')}`,
  )
}

/**
 * Reads the settings from the environment, with values from the command line on top.
 * Throws SetupError SETTING_INVALID that names the variable and what it takes.
 */
export const readSettings = (
  overrides: Partial<Record<keyof Settings, string | undefined>> = {},
  environment: NodeJS.ProcessEnv = process.env,
): Settings => {
  refuseUnknown(environment)
  const given = names.flatMap((name) => {
    const value = overrides[name as keyof Settings] ?? environment[variableOf(name)]
    return value === undefined || value === '' ? [] : [[name, value] as const]
  })
  const parsed = settings.safeParse(Object.fromEntries(given))
  if (parsed.success) return { ...parsed.data, dataDir: resolve(parsed.data.dataDir) }
  const issue = parsed.error.issues[0]
  const variable = variableOf(String(issue?.path[0] ?? ''))
  throw new SetupError(
    'SETTING_INVALID',
    `${variable} ${issue?.message ?? 'is not valid'}`,
    `set ${variable} to such a value, or unset it`,
    { cause: parsed.error },
  )
}

/**
 * Whether npm stands above this process (`npm start`, `npm run demo`): it hands on what a terminal or a supervisor has sent
 * to both, and a supervisor may end npm alone.
 */
export const isStartedByNpm = (environment: NodeJS.ProcessEnv = process.env): boolean =>
  ['start', 'demo'].includes(environment['npm_lifecycle_event'] ?? '')

/** The environment of a service that runs beside this process: Java takes file names for ASCII where no locale says UTF-8. */
export const serviceEnvironment = (environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv => ({
  ...environment,
  LC_ALL: 'C.UTF-8',
})

/** Whether log lines go to a person. */
export const wantsPrettyLogs = (given: Settings): boolean =>
  given.logFormat === 'pretty' || (given.logFormat === 'auto' && process.stderr.isTTY)
