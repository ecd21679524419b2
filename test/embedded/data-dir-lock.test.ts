import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { lockDataDir } from '../../src/embedded/data-dir-lock.ts'
import { tempDir } from '../support/temp-dir.ts'

const lockFile = new URL('../../src/embedded/data-dir-lock.ts', import.meta.url).href

/** A process that holds the lock until it is killed; answers how to do that. */
const otherOwner = async (dataDir: string): Promise<() => Promise<void>> => {
  const program = `await (await import(${JSON.stringify(lockFile)})).lockDataDir(${JSON.stringify(dataDir)})
    process.stdout.write('held')
    process.stdin.resume()`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  await new Promise((resolve) => child.stdout.once('data', resolve))
  return async () => {
    child.kill('SIGKILL')
    await ended
  }
}

describe('the lock of a data folder', () => {
  test('a second owner is refused, by whatever path it comes, until the first gives the folder back', async (t) => {
    const folder = await tempDir(t)
    const dataDir = join(folder, 'data')
    const unlock = await lockDataDir(dataDir)
    await symlink(dataDir, join(folder, 'link'))
    for (const path of [dataDir, join(folder, 'link')])
      await assert.rejects(lockDataDir(path), { code: 'DATA_DIR_IN_USE', message: RegExp(`${process.pid}`) })
    await unlock()
    await (await lockDataDir(dataDir))()
  })

  test('of many that start at once, one gets it', async (t) => {
    const dataDir = join(await tempDir(t), 'data')
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockDataDir(dataDir)))
    const won = tries.filter((entry) => entry.status === 'fulfilled')
    assert.equal(won.length, 1)
    await won[0]?.value()
  })

  test('another process holds it, and has given it back when it is killed', async (t) => {
    const dataDir = await tempDir(t)
    const kill = await otherOwner(dataDir)
    await assert.rejects(lockDataDir(dataDir), { code: 'DATA_DIR_IN_USE', remedy: /OSTEOSTREAM_DATA_DIR/ })
    await kill()
    await (await lockDataDir(dataDir))()
  })

  test('a path that is no folder is refused with the setting', async (t) => {
    const folder = await tempDir(t)
    await writeFile(join(folder, 'file'), '')
    await mkdir(join(folder, 'other'))
    await assert.rejects(lockDataDir(join(folder, 'file', 'below')), {
      code: 'DATA_DIR_UNUSABLE',
      remedy: /OSTEOSTREAM_DATA_DIR/,
    })
  })
})
