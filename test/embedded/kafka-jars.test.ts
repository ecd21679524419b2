import assert from 'node:assert/strict'
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { ensureKafkaJars, hasKafkaJars, kafkaVersion } from '../../src/embedded/kafka-jars.ts'
import { tempDir } from '../support/temp-dir.ts'

/** A program in Maven's place: puts the broker's jar into the output folder, or ends with `status`. */
const maven = async (folder: string, status = 0): Promise<string> => {
  const file = join(folder, 'mvn')
  const jar = `kafka_2.13-${kafkaVersion}.jar`
  const copy = `for arg; do case "$arg" in -DoutputDirectory=*) echo jar > "\${arg#*=}/${jar}";; esac; done`
  await writeFile(
    file,
    `#!/bin/sh\n[ ${status} = 0 ] && ${copy}\necho '[ERROR] no repository -> [Help 1]'\nexit ${status}\n`,
  )
  await chmod(file, 0o755)
  return file
}

const said: string[] = []
const onProgress = (message: string): void => void said.push(message)

describe('kafka’s jars', () => {
  test('are fetched once, also by starts at the same time, and nothing else stays in the cache', async (t) => {
    const folder = await tempDir(t)
    const cacheDir = join(folder, 'cache')
    const mavenPath = await maven(folder)
    assert.equal(await hasKafkaJars(cacheDir), false)
    const together = [1, 2, 3].map(() => ensureKafkaJars({ cacheDir, mavenPath, onProgress }))
    const folders = new Set(await Promise.all(together))
    assert.deepEqual([...folders], [join(cacheDir, `kafka-${kafkaVersion}`)])
    assert.deepEqual(await readdir(cacheDir), [`kafka-${kafkaVersion}`])
    const before = said.length
    await ensureKafkaJars({ cacheDir, mavenPath: join(folder, 'none'), onProgress })
    assert.equal(said.length, before)
  })

  test('a folder without the broker gives way', async (t) => {
    const folder = await tempDir(t)
    const cacheDir = join(folder, 'cache')
    await mkdir(join(cacheDir, `kafka-${kafkaVersion}`), { recursive: true })
    await writeFile(join(cacheDir, `kafka-${kafkaVersion}`, 'half'), '')
    await ensureKafkaJars({ cacheDir, mavenPath: await maven(folder), onProgress })
    assert.equal(await hasKafkaJars(cacheDir), true)
  })

  test('no Maven, a Maven that fails, a cache that cannot be written: each says what to do', async (t) => {
    const folder = await tempDir(t)
    const cacheDir = join(folder, 'cache')
    const mavenPath = join(folder, 'none')
    await assert.rejects(ensureKafkaJars({ cacheDir, mavenPath, onProgress }), {
      code: 'MAVEN_MISSING',
      remedy: /apt-get install maven.*OSTEOSTREAM_KAFKA_BROKERS/,
    })
    const failing = await maven(folder, 1)
    await assert.rejects(ensureKafkaJars({ cacheDir, mavenPath: failing, onProgress }), {
      code: 'MAVEN_FAILED',
      message: /: no repository$/,
      remedy: /OSTEOSTREAM_CACHE_DIR/,
    })
    assert.deepEqual(await readdir(cacheDir), [])
    await assert.rejects(ensureKafkaJars({ cacheDir: join(failing, 'below'), onProgress }), {
      code: 'CACHE_DIR_UNUSABLE',
      remedy: /OSTEOSTREAM_CACHE_DIR/,
    })
  })
})
