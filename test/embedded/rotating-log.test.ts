import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { openRotatingLog } from '../../src/embedded/rotating-log.ts'
import { tempDir } from '../support/temp-dir.ts'

describe('a rotating log', () => {
  test('keeps the last words and the file before, and no more', async (t) => {
    const file = join(await tempDir(t), 'service.log')
    const append = openRotatingLog(file, 10)
    for (const words of ['first ', 'second ', 'third ', 'four']) append(Buffer.from(words))
    assert.equal(await readFile(file, 'utf8'), 'third four')
    assert.equal(await readFile(`${file}.1`, 'utf8'), 'second ')
    assert.equal((await stat(file)).mode & 0o777, 0o600)
  })

  test('goes on where it stood, and counts what is there', async (t) => {
    const file = join(await tempDir(t), 'service.log')
    openRotatingLog(file, 10)(Buffer.from('before'))
    const append = openRotatingLog(file, 10)
    append(Buffer.from(' and'))
    assert.equal(await readFile(file, 'utf8'), 'before and')
    append(Buffer.from('after'))
    assert.equal(await readFile(file, 'utf8'), 'after')
  })

  test('loses words where the disk is full, and the service lives', {
    skip: !existsSync('/dev/full'),
  }, () => {
    const append = openRotatingLog('/dev/full', 10)
    assert.doesNotThrow(() => append(Buffer.from('words')))
  })
})
