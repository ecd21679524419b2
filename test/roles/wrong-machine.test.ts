import assert from 'node:assert/strict'
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { occupiedPort } from '../support/occupied-port.ts'
import { objectOf, runCommand } from '../support/run-command.ts'
import { tempDir } from '../support/temp-dir.ts'

type Cleaner = { after: (work: () => Promise<void>) => void }
type Environment = Readonly<Record<string, string>>

/** A machine on which nothing is installed. */
const bareMachine = async (t: Cleaner) => {
  const folder = await tempDir(t)
  const path = join(folder, 'bin')
  await mkdir(path)
  return { folder, PATH: path, dataDir: join(folder, 'data') }
}

const withJava = async (path: string): Promise<void> => {
  await writeFile(join(path, 'java'), '#!/bin/sh\necho \'openjdk version "17.0.1"\' >&2\n')
  await chmod(join(path, 'java'), 0o755)
}

/** `up` ends at once, with exit status 2, one sentence that says what is wrong and one that says what to do. */
const refused = async (dataDir: string, environment: Environment, sentence: RegExp, remedy: RegExp) => {
  const { code, stdout, stderr } = await runCommand(['up', '--data-dir', dataDir], '', environment)
  assert.equal(code, 2, stderr)
  assert.equal(stdout, '')
  const [last = '', before = ''] = stderr.trimEnd().split('\n').toReversed()
  assert.match(before, sentence)
  assert.match(last, remedy)
  assert.doesNotMatch(stderr, /^ {4}at /m)
}

describe('a machine on which the engine cannot run', () => {
  test('no Java, no Maven, a cache that cannot be written', async (t) => {
    const { folder, PATH, dataDir } = await bareMachine(t)
    const elsewhere = /^ {2}remedy: install it \(apt-get install .*OSTEOSTREAM_KAFKA_BROKERS/
    await refused(dataDir, { PATH }, /^JAVA_MISSING: Java: needed 17 or newer, found no java on/, elsewhere)
    await withJava(PATH)
    const empty = { PATH, OSTEOSTREAM_CACHE_DIR: join(folder, 'cache') }
    const noMaven = /^MAVEN_MISSING: Maven: needed until Kafka is in the cache, found no mvn on the PATH$/
    await refused(dataDir, empty, noMaven, elsewhere)
    await writeFile(join(PATH, 'mvn'), '#!/bin/sh\n')
    await chmod(join(PATH, 'mvn'), 0o755)
    await refused(
      dataDir,
      { PATH, OSTEOSTREAM_CACHE_DIR: join(PATH, 'java', 'below') },
      /^CACHE_DIR_UNUSABLE: /,
      /set OSTEOSTREAM_CACHE_DIR to a folder that can be written and has room/,
    )
  })

  test('no room on the disk, a data folder that cannot be written', async (t) => {
    const { folder } = await bareMachine(t)
    const otherFolder = /choose another folder with --data-dir or OSTEOSTREAM_DATA_DIR$/
    await refused(
      '/proc/none',
      {},
      /^DISK_FULL: disk space: needed 2 GB, found 0\.0 GB in \/proc$/,
      otherFolder,
    )
    await writeFile(join(folder, 'file'), '')
    await refused(join(folder, 'file', 'data'), {}, /^DATA_DIR_UNUSABLE: data folder: /, otherFolder)
  })

  test('no models', async (t) => {
    const { folder, dataDir } = await bareMachine(t)
    for (const models of [join(folder, 'none'), folder])
      await refused(
        dataDir,
        { OSTEOSTREAM_MODELS_DIR: models },
        /^MODEL_UNUSABLE: .* can(not)? serve/,
        /set OSTEOSTREAM_MODELS_DIR to a folder/,
      )
    assert.ok(!(await readdir(folder)).includes('data'), 'nothing was started')
  })

  for (const name of ['KAFKA_PORT', 'CLICKHOUSE_PORT', 'METRICS_PORT'])
    test(`OSTEOSTREAM_${name} in use`, async (t) => {
      const { dataDir } = await bareMachine(t)
      const port = await occupiedPort(t)
      const variable = `OSTEOSTREAM_${name}`
      await refused(
        dataDir,
        { [variable]: String(port) },
        RegExp(`^PORT_IN_USE: .*port ${port} .*\\(${variable}\\).* in use$`),
        RegExp(`set ${variable} to another port`),
      )
    })

  test('a variable that cannot be, and one that is none', async (t) => {
    const { dataDir } = await bareMachine(t)
    await refused(
      dataDir,
      { OSTEOSTREAM_METRICS_PORT: 'ninety' },
      /^SETTING_INVALID: OSTEOSTREAM_METRICS_PORT must be a whole number$/,
      /set OSTEOSTREAM_METRICS_PORT to such a value, or unset it$/,
    )
    await refused(
      dataDir,
      { OSTEOSTREAM_KAFKA_BROKER: 'a:1' },
      /^SETTING_INVALID: OSTEOSTREAM_KAFKA_BROKER is not a setting$/,
      /unset it, or use one of: .*OSTEOSTREAM_KAFKA_BROKERS/,
    )
  })

  test('doctor names all of it at once', async (t) => {
    const { folder, PATH } = await bareMachine(t)
    const environment = { PATH, OSTEOSTREAM_CACHE_DIR: folder, OSTEOSTREAM_MODELS_DIR: folder }
    const command = ['doctor', '--data-dir', '/proc/none']
    const told = await runCommand(command, '', environment)
    assert.equal(told.code, 2)
    const missing = [...told.stdout.matchAll(/^MISSING {2}(.+?): .+\n +needed: .+\n +remedy: .+$/gm)]
    assert.deepEqual(
      missing.map((match) => match[1]),
      ['disk space', 'Java', 'Maven', 'models'],
    )
    const { ok, checks } = objectOf(await runCommand([...command, '--json'], '', environment))
    assert.equal(ok, false)
    const codes = checks.flatMap((check: { ok: boolean; code: string }) => (check.ok ? [] : [check.code]))
    assert.deepEqual(codes, ['DISK_FULL', 'JAVA_MISSING', 'MAVEN_MISSING', 'MODEL_UNUSABLE'])
  })

  test('a command beside an engine does not want its metrics port', async (t) => {
    const { dataDir } = await bareMachine(t)
    const environment = { OSTEOSTREAM_METRICS_PORT: String(await occupiedPort(t)) }
    const { code, stderr } = await runCommand(['ledger', '--data-dir', dataDir], '', environment)
    assert.equal(code, 2)
    assert.match(stderr, /^SERVICE_NOT_RUNNING: /)
  })
})
