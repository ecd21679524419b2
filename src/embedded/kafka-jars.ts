import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { messageOf, SetupError, systemCodeOf } from '../runtime/errors.ts'
import { makeFolder } from '../runtime/make-folder.ts'

/** The broker that is embedded. */
export const kafkaVersion = '4.4.0'

const run = promisify(execFile)

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>org.osteostream</groupId><artifactId>kafka</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${kafkaVersion}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`

const folderOf = (cacheDir: string): string => join(cacheDir, `kafka-${kafkaVersion}`)

/** Whether the jars are in the cache: the folder gets its name only when it is whole. */
export const hasKafkaJars = async (cacheDir: string): Promise<boolean> => {
  const names = await readdir(folderOf(cacheDir)).catch((): string[] => [])
  return names.includes(`kafka_2.13-${kafkaVersion}.jar`)
}

/** Maven says on its output why it failed; the first line that does is enough. */
const whyOf = (error: unknown): string => {
  const said = error instanceof Error && 'stdout' in error ? String(error.stdout) : ''
  const line = /\[ERROR\] (\S.*?)(?: -> .*)?$/m.exec(said)?.[1]
  return (line ?? messageOf(error)).trim().slice(0, 400)
}

const fetchInto = async (folder: string, mavenPath: string): Promise<void> => {
  const goals = [
    '-q',
    '-B',
    'dependency:copy-dependencies',
    `-DoutputDirectory=${folder}`,
    '-DincludeScope=runtime',
  ]
  try {
    await run(mavenPath, ['-f', join(folder, 'pom.xml'), ...goals], {
      timeout: 600_000,
      maxBuffer: 16 * 1024 * 1024,
    })
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT')
      throw new SetupError(
        'MAVEN_MISSING',
        'Maven (mvn) is not on the PATH',
        'install it (apt-get install maven), or set OSTEOSTREAM_KAFKA_BROKERS to use a broker that runs elsewhere',
        { cause: error },
      )
    throw new SetupError(
      'MAVEN_FAILED',
      `Maven could not fetch Kafka ${kafkaVersion} into ${folder}: ${whyOf(error)}`,
      'check that this machine reaches a Maven repository and that the disk has room, or set OSTEOSTREAM_CACHE_DIR to a cache that has Kafka',
      { cause: error },
    )
  }
}

/** A folder of its own with the pom, for a fetch: several starts at once then do no harm. */
const freshFolder = async (cacheDir: string): Promise<string> => {
  try {
    await makeFolder(cacheDir)
    const fresh = await mkdtemp(join(cacheDir, 'kafka-new-'))
    await writeFile(join(fresh, 'pom.xml'), pom)
    return fresh
  } catch (error) {
    throw new SetupError(
      'CACHE_DIR_UNUSABLE',
      `the cache folder ${cacheDir} cannot be used: ${messageOf(error)}`,
      'set OSTEOSTREAM_CACHE_DIR to a folder that can be written and has room',
      { cause: error },
    )
  }
}

/** Gives a fetched folder its name, unless another start was first; never takes a whole folder away. */
const giveName = async (fresh: string, folder: string, isWhole: () => Promise<boolean>): Promise<void> => {
  try {
    await rename(fresh, folder)
  } catch (error) {
    if (await isWhole()) return
    // What stands there without a broker is of no use, and in the way.
    const aside = `${fresh}-aside`
    await rename(folder, aside).catch(() => Promise.reject(error))
    await rm(aside, { recursive: true, force: true })
    await rename(fresh, folder)
  }
}

/** Fetches Kafka's jars once; answers the folder. Of several starts at once, the first to end gives it its name. */
export const ensureKafkaJars = async (options: {
  readonly cacheDir: string
  readonly mavenPath?: string
  readonly onProgress: (message: string) => void
}): Promise<string> => {
  const folder = folderOf(options.cacheDir)
  if (await hasKafkaJars(options.cacheDir)) return folder
  options.onProgress(`fetching Kafka ${kafkaVersion} through Maven (once, 43 MB)`)
  const fresh = await freshFolder(options.cacheDir)
  try {
    await fetchInto(fresh, options.mavenPath ?? 'mvn')
    await giveName(fresh, folder, () => hasKafkaJars(options.cacheDir))
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
  return folder
}
