import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, test } from 'node:test'
import { contractFiles } from '../../src/contracts/contract-files.ts'
import { deadLetterCodes, filmWarnings, rejectionReasons } from '../../src/contracts/reasons.ts'
import { tempDir } from '../support/temp-dir.ts'

const root = resolve(import.meta.dirname, '..', '..')

const generate = (...flags: string[]) =>
  spawnSync(process.execPath, [join(root, 'src', 'cli', 'generate-contracts.ts'), ...flags], {
    encoding: 'utf8',
  })

describe('the generated contracts', () => {
  test('those in the repository are what the source says', () => {
    const { status, stderr } = generate('--check')
    assert.equal(status, 0, stderr)
  })

  test('a check names each file that differs and the line, and writes nothing', async (t) => {
    const folder = await tempDir(t)
    assert.equal(generate('--into', folder).status, 0)
    assert.equal(generate('--into', folder, '--check').status, 0)
    const changed = join(folder, 'reasons.json')
    const text = (await readFile(changed, 'utf8')).replace('NOT_A_HIP', 'NOT_MY_HIP')
    await writeFile(changed, text)
    await writeFile(join(folder, 'schemas', 'receipt.v0.json'), '{}')
    await rm(join(folder, 'schemas', 'site.v1.json'))
    const { status, stderr } = generate('--into', folder, '--check')
    assert.equal(status, 1)
    assert.match(stderr, /reasons\.json: line \d+ is ".*NOT_MY_HIP.*", must be ".*NOT_A_HIP/)
    assert.match(stderr, /schemas\/site\.v1\.json: missing/)
    assert.match(stderr, /schemas\/receipt\.v0\.json: no longer declared/)
    assert.equal(await readFile(changed, 'utf8'), text)
    assert.equal(generate('--into', folder).status, 0)
    assert.equal(generate('--into', folder, '--check').status, 0)
    assert.ok(!existsSync(join(folder, 'schemas', 'receipt.v0.json')))
  })

  test('they are the same bytes on every run, with keys in order', () => {
    assert.deepEqual(contractFiles(), contractFiles())
    for (const { path, text } of contractFiles()) {
      const keys = [...text.matchAll(/^ {2}"([^"]+)":/gm)].map((match) => match[1] ?? '')
      assert.deepEqual(
        keys,
        keys.toSorted((a, b) => (a < b ? -1 : 1)),
        path,
      )
      assert.ok(text.endsWith('}\n'), path)
    }
  })

  test('reasons and codes are all listed, and a rejection with what the clinic is told', () => {
    const text = contractFiles().find((file) => file.path === 'reasons.json')?.text ?? ''
    const listed: unknown = JSON.parse(text, (_key, value: unknown) => value)
    for (const name of [...rejectionReasons, ...filmWarnings, ...deadLetterCodes])
      assert.ok(text.includes(`"${name}"`), name)
    assert.ok(typeof listed === 'object' && listed !== null && 'rejections' in listed)
    assert.ok(Array.isArray(listed.rejections))
    assert.equal(listed.rejections.length, rejectionReasons.length)
  })
})
