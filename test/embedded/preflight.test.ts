import assert from 'node:assert/strict'
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { kafkaVersion } from '../../src/embedded/kafka-jars.ts'
import {
  checkDataDir,
  checkJava,
  checkMaven,
  checkNode,
  requireMachine,
} from '../../src/embedded/preflight.ts'
import { tempDir } from '../support/temp-dir.ts'

/** A program that prints a line to standard error, where Java tells its version. */
const program = async (folder: string, line: string, status = 0): Promise<string> => {
  const file = join(folder, 'program')
  await writeFile(file, `#!/bin/sh\necho '${line}' >&2\nexit ${status}\n`)
  await chmod(file, 0o755)
  return file
}

describe('what the engine needs on this machine', () => {
  test('Node 24 or newer', () => {
    assert.equal(checkNode('24.0.0').ok, true)
    assert.deepEqual([checkNode('20.20.2').ok, checkNode('20.20.2').code], [false, 'NODE_TOO_OLD'])
  })

  test('Java 17 or newer', async (t) => {
    const folder = await tempDir(t)
    const verdictOn = async (line: string, status?: number) => {
      const { ok, code } = await checkJava(await program(folder, line, status))
      return ok || code
    }
    assert.equal(await verdictOn('openjdk version "17.0.19" 2026-04-21'), true)
    assert.equal(await verdictOn('java version "25" 2025-09-16'), true)
    assert.equal(await verdictOn('openjdk version "11.0.2" 2019-01-15'), 'JAVA_TOO_OLD')
    assert.equal(await verdictOn('java version "1.8.0_402"'), 'JAVA_TOO_OLD')
    assert.equal(await verdictOn('no libjvm', 1), 'JAVA_MISSING')
    const { ok, found, remedy } = await checkJava(join(folder, 'none'))
    assert.equal(ok, false)
    assert.match(found, /no .*none on the PATH/)
    assert.match(remedy, /apt-get install openjdk-17.*OSTEOSTREAM_KAFKA_BROKERS/)
  })

  test('Maven, until Kafka is in the cache', async (t) => {
    const cacheDir = await tempDir(t)
    const none = join(cacheDir, 'none')
    assert.equal((await checkMaven(cacheDir, none)).ok, false)
    const jars = join(cacheDir, `kafka-${kafkaVersion}`)
    await mkdir(jars)
    await writeFile(join(jars, `kafka_2.13-${kafkaVersion}.jar`), '')
    assert.equal((await checkMaven(cacheDir, none)).ok, true)
  })

  test('a data folder that can be made; looking makes nothing', async (t) => {
    const folder = await tempDir(t)
    const deep = await checkDataDir(join(folder, 'not', 'yet', 'there'))
    assert.notEqual(deep.code, 'DATA_DIR_UNUSABLE')
    assert.match(deep.found, RegExp(`GB in ${folder}$`))
    assert.deepEqual(await readdir(folder), [])
    await writeFile(join(folder, 'file'), '')
    for (const path of [join(folder, 'file'), join(folder, 'file', 'below')]) {
      const { ok, code, remedy } = await checkDataDir(path)
      assert.deepEqual([path, ok, code], [path, false, 'DATA_DIR_UNUSABLE'])
      assert.match(remedy, /OSTEOSTREAM_DATA_DIR/)
    }
  })

  test('room on the disk: a file system that has none is the first thing told, with its remedy', async (t) => {
    // Linux says of its own file systems that they have no room.
    const needs = { dataDir: '/proc/none', cacheDir: await tempDir(t), kafka: false, clickhouse: false }
    await assert.rejects(requireMachine(needs), {
      code: 'DISK_FULL',
      message: 'disk space: needed 2 GB, found 0.0 GB in /proc',
      remedy: /^free some, or choose another folder with --data-dir or OSTEOSTREAM_DATA_DIR$/,
    })
  })
})
