import { execFile } from 'node:child_process'
import { access, constants, mkdir, statfs } from 'node:fs/promises'
import { promisify } from 'node:util'
import { messageOf, SetupError, type SetupErrorCode } from '../runtime/errors.ts'
import { hasKafkaJars } from './kafka-jars.ts'
import { chdbLibrary } from './start-clickhouse.ts'

const run = promisify(execFile)
const neededBytes = 2 * 1024 ** 3
const neededJava = 17

/** One thing that the engine needs on this machine. */
export type Check = {
  readonly name: string
  readonly ok: boolean
  readonly needed: string
  readonly found: string
  /** What to do where it is missing. */
  readonly remedy: string
  readonly code: SetupErrorCode
}

export type MachineNeeds = {
  readonly dataDir: string
  readonly cacheDir: string
  readonly kafka: boolean
  readonly clickhouse: boolean
  readonly javaPath?: string
  readonly mavenPath?: string
}

const elsewhere = 'or set OSTEOSTREAM_KAFKA_BROKERS to use a broker that runs elsewhere'

const checkJava = async (javaPath: string): Promise<Check> => {
  const common = {
    name: 'Java',
    needed: `${neededJava} or newer`,
    remedy: `install it (apt-get install openjdk-17-jre-headless), ${elsewhere}`,
  }
  try {
    const { stderr, stdout } = await run(javaPath, ['-version'])
    const found = /version "(\d+)[^"]*"/.exec(stderr + stdout)
    const ok = Number(found?.[1] ?? 0) >= neededJava
    return { ...common, ok, found: found?.[0] ?? 'an unknown version', code: 'JAVA_TOO_OLD' }
  } catch {
    return { ...common, ok: false, found: 'no java on the PATH', code: 'JAVA_MISSING' }
  }
}

const checkMaven = async (cacheDir: string, mavenPath: string): Promise<Check> => {
  const common = {
    name: 'Maven',
    needed: 'only until Kafka is in the cache',
    remedy: `install it (apt-get install maven), ${elsewhere}`,
    code: 'MAVEN_MISSING' as const,
  }
  if (await hasKafkaJars(cacheDir)) return { ...common, ok: true, found: 'Kafka is in the cache' }
  try {
    const { stdout } = await run(mavenPath, ['-v'])
    return { ...common, ok: true, found: stdout.split('\n')[0] ?? '' }
  } catch {
    return { ...common, ok: false, found: 'no mvn on the PATH' }
  }
}

const checkDisk = async (dataDir: string): Promise<Check> => {
  const common = {
    name: 'disk space',
    needed: '2 GB',
    remedy: 'free some, or choose another folder with --data-dir or OSTEOSTREAM_DATA_DIR',
  }
  try {
    await mkdir(dataDir, { recursive: true })
    await access(dataDir, constants.W_OK)
    const { bavail, bsize } = await statfs(dataDir)
    const free = bavail * bsize
    return {
      ...common,
      ok: free >= neededBytes,
      found: `${(free / 1024 ** 3).toFixed(1)} GB in ${dataDir}`,
      code: 'DISK_FULL',
    }
  } catch (error) {
    return {
      ...common,
      name: 'data folder',
      needed: 'a folder that can be written',
      ok: false,
      found: messageOf(error),
      code: 'DATA_DIR_UNUSABLE',
    }
  }
}

const checkClickHouse = (): Check => {
  const common = {
    name: 'ClickHouse library',
    needed: 'chdb for this platform',
    remedy: 'run `npm ci` on Linux x64 or arm64, or set OSTEOSTREAM_CLICKHOUSE_URL',
    code: 'PLATFORM_UNSUPPORTED' as const,
  }
  try {
    chdbLibrary()
    return { ...common, ok: true, found: `${process.platform}-${process.arch}` }
  } catch (error) {
    return { ...common, ok: false, found: messageOf(error) }
  }
}

const checkNode = (): Check => ({
  name: 'Node.js',
  ok: Number(process.versions.node.split('.')[0]) >= 24,
  needed: '24 (npm ci installs it for `npm run` and `npm start`)',
  found: process.versions.node,
  remedy: 'start through `npm start -- …` after `npm ci`',
  code: 'NODE_TOO_OLD',
})

/** Looks at everything that the engine needs here. */
export const checkMachine = async (needs: MachineNeeds): Promise<readonly Check[]> => [
  checkNode(),
  await checkDisk(needs.dataDir),
  ...(needs.kafka
    ? [await checkJava(needs.javaPath ?? 'java'), await checkMaven(needs.cacheDir, needs.mavenPath ?? 'mvn')]
    : []),
  ...(needs.clickhouse ? [checkClickHouse()] : []),
]

/** Throws SetupError for the first thing that is missing. */
export const requireMachine = async (needs: MachineNeeds): Promise<void> => {
  const missing = (await checkMachine(needs)).find((check) => !check.ok)
  if (missing === undefined) return
  throw new SetupError(
    missing.code,
    `${missing.name}: needed ${missing.needed}, found ${missing.found}`,
    missing.remedy,
  )
}
