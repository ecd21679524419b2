import { execFile } from 'node:child_process'
import { access, constants, stat, statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { promisify } from 'node:util'
import { messageOf, SetupError, type SetupErrorCode, systemCodeOf } from '../runtime/errors.ts'
import { chdbLibrary } from './chdb-library.ts'
import { hasKafkaJars } from './kafka-jars.ts'

const run = promisify(execFile)
const answerLimitMs = 20_000
const gigabyte = 1024 ** 3
const neededDiskGb = 2
const neededJava = 17
const neededNode = 24

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
  /** Whether the embedded service of this name is to run here. */
  readonly kafka: boolean
  readonly clickhouse: boolean
}

const elsewhere = 'or set OSTEOSTREAM_KAFKA_BROKERS to use a broker that runs elsewhere'
const otherFolder = 'choose another folder with --data-dir or OSTEOSTREAM_DATA_DIR'

/** Why a program did not answer. */
const faultOf = (error: unknown, command: string): string =>
  systemCodeOf(error) === 'ENOENT'
    ? `no ${command} on the PATH`
    : `${command} does not run: ${messageOf(error).slice(0, 200).trim()}`

/** The Node that runs this. */
export const checkNode = (version = process.versions.node): Check => ({
  name: 'Node.js',
  ok: Number(version.split('.')[0]) >= neededNode,
  needed: `${neededNode} (npm ci installs it for \`npm run\` and \`npm start\`)`,
  found: version,
  remedy: 'start through `npm start -- …` after `npm ci`',
  code: 'NODE_TOO_OLD',
})

/** Java, by running it. */
export const checkJava = async (java = 'java'): Promise<Check> => {
  const common = {
    name: 'Java',
    needed: `${neededJava} or newer`,
    remedy: `install it (apt-get install openjdk-17-jre-headless), ${elsewhere}`,
  }
  try {
    const { stderr, stdout } = await run(java, ['-version'], { timeout: answerLimitMs })
    const found = /version "(\d+)[^"]*"/.exec(stderr + stdout)
    const ok = Number(found?.[1] ?? 0) >= neededJava
    return { ...common, ok, found: found?.[0] ?? 'an unknown version', code: 'JAVA_TOO_OLD' }
  } catch (error) {
    return { ...common, ok: false, found: faultOf(error, java), code: 'JAVA_MISSING' }
  }
}

/** Maven, which is needed until Kafka is in the cache. */
export const checkMaven = async (cacheDir: string, maven = 'mvn'): Promise<Check> => {
  const common = {
    name: 'Maven',
    needed: 'until Kafka is in the cache',
    remedy: `install it (apt-get install maven), set OSTEOSTREAM_CACHE_DIR to a cache that has Kafka, ${elsewhere}`,
    code: 'MAVEN_MISSING',
  } as const
  if (await hasKafkaJars(cacheDir)) return { ...common, ok: true, found: 'Kafka is in the cache' }
  try {
    const { stdout } = await run(maven, ['-B', '-v'], { timeout: answerLimitMs })
    return { ...common, ok: true, found: stdout.split('\n')[0] ?? '' }
  } catch (error) {
    return { ...common, ok: false, found: faultOf(error, maven) }
  }
}

/** The folder itself, or the nearest one above it that is there. */
const nearestFolder = async (path: string): Promise<string> => {
  const found = await stat(path).catch((error: unknown) => {
    if (systemCodeOf(error) !== 'ENOENT' || dirname(path) === path) throw error
  })
  return found === undefined ? nearestFolder(dirname(path)) : path
}

/** The data folder: that it can be written and has room; makes nothing. */
export const checkDataDir = async (dataDir: string): Promise<Check> => {
  try {
    const folder = await nearestFolder(resolve(dataDir))
    if (!(await stat(folder)).isDirectory()) throw new Error(`${folder} is no folder`)
    await access(folder, constants.W_OK | constants.X_OK)
    const { bavail, bsize } = await statfs(folder)
    const freeGb = (bavail * bsize) / gigabyte
    return {
      name: 'disk space',
      ok: freeGb >= neededDiskGb,
      needed: `${neededDiskGb} GB`,
      found: `${freeGb.toFixed(1)} GB in ${folder}`,
      remedy: `free some, or ${otherFolder}`,
      code: 'DISK_FULL',
    }
  } catch (error) {
    return {
      name: 'data folder',
      ok: false,
      needed: 'a folder that can be written',
      found: messageOf(error),
      remedy: otherFolder,
      code: 'DATA_DIR_UNUSABLE',
    }
  }
}

const checkClickHouse = (): Check => {
  const common = { name: 'ClickHouse library', needed: 'chdb for Linux x64 or arm64 with glibc' }
  try {
    chdbLibrary()
    const found = `${process.platform}-${process.arch}`
    return { ...common, ok: true, found, remedy: '', code: 'PLATFORM_UNSUPPORTED' }
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    return { ...common, ok: false, found: error.message, remedy: error.remedy, code: error.code }
  }
}

/** Looks at everything that the engine needs here. */
export const checkMachine = async (needs: MachineNeeds): Promise<readonly Check[]> => [
  checkNode(),
  await checkDataDir(needs.dataDir),
  ...(needs.kafka ? [await checkJava(), await checkMaven(needs.cacheDir)] : []),
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
