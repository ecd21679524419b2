import assert from 'node:assert/strict'
import { readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeFolder } from '../../src/runtime/make-folder.ts'
import { runCommand } from '../support/run-command.ts'
import { tempDir } from '../support/temp-dir.ts'

// Node's recursive mkdir tries for ever where the folder above is there and refuses with "no such file": `up` on such a
// data folder never ended, and said nothing.

test('a folder below /proc, or behind a link that leads nowhere, is refused', async (t) => {
  const folder = await tempDir(t)
  await symlink(join(folder, 'nowhere'), join(folder, 'link'))
  await writeFile(join(folder, 'file'), '')
  for (const [path, code] of [
    ['/proc/none/below', 'ENOENT'],
    [join(folder, 'link', 'a', 'b'), 'ENOENT'],
    [join(folder, 'link'), 'ENOENT'],
    [join(folder, 'file'), 'EEXIST'],
    [join(folder, 'file', 'below'), 'ENOTDIR'],
  ] as const)
    await assert.rejects(makeFolder(path), { code }, path)
})

test('a folder is made with those above it, as private as asked, and may be there already', async (t) => {
  const folder = await tempDir(t)
  await makeFolder(join(folder, 'a', 'b', 'c'), 0o700)
  await makeFolder(join(folder, 'a', 'b', 'c'), 0o700)
  await symlink(join(folder, 'a'), join(folder, 'link'))
  await makeFolder(join(folder, 'link', 'd'))
  assert.deepEqual((await readdir(join(folder, 'a'))).toSorted(), ['b', 'd'])
  assert.equal((await stat(join(folder, 'a'))).mode & 0o777, 0o700)
  await Promise.all(Array.from({ length: 8 }, () => makeFolder(join(folder, 'race', 'x', 'y'))))
})

test('`up` on a data folder behind a link that leads nowhere ends and says so', async (t) => {
  const folder = await tempDir(t)
  await symlink(join(folder, 'nowhere'), join(folder, 'data'))
  const { code, stderr } = await runCommand(['up', '--data-dir', join(folder, 'data')])
  assert.equal(code, 2, stderr)
  assert.match(stderr, /DATA_DIR_UNUSABLE: /)
})

test('nobody calls the mkdir that may never end', async () => {
  const src = join(import.meta.dirname, '..', '..', 'src')
  const files = (await readdir(src, { recursive: true })).filter((name) => name.endsWith('.ts'))
  for (const name of files)
    assert.doesNotMatch(
      await readFile(join(src, name), 'utf8'),
      /mkdir(Sync)?\([^\n]*\{ recursive/,
      `${name}: makeFolder of src/runtime ends`,
    )
})
