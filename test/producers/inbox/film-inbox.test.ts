import assert from 'node:assert/strict'
import { readdir, readFile, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { endlessBytes } from '../../../src/producers/inbox/incoming-film.ts'
import { openSealed } from '../../../src/producers/inbox/seal.ts'
import { writeAllDurably } from '../../../src/runtime/durable-file.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { openTestInbox, testKey } from './open-inbox.ts'

const film = Buffer.from('PatientName Secret^Name, then pixels'.repeat(1000))

const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('sequences'))
    .map((entry) => join(entry.parentPath, entry.name))

const fullDisk = (): Error => Object.assign(new Error('no space left'), { code: 'ENOSPC', syscall: 'write' })

describe('the inbox', () => {
  test('keeps a film with its number and id; nothing of it can be read without the key', async (t) => {
    const folder = await tempDir(t)
    const inbox = await openTestInbox(folder, '1-a')
    const answer = await inbox.give(film)
    assert.equal(answer.kind, 'kept')
    const entry = await inbox.read(inbox.kept[0] ?? '')
    assert.ok(entry !== undefined)
    assert.equal(entry.kept.arrivalId, answer.kind === 'kept' && answer.arrivalId)
    assert.deepEqual([entry.kept.sequence, entry.kept.size], [1, film.length])
    assert.deepEqual(openSealed(testKey, entry.name, await readFile(entry.file)), film)
    const files = await filesIn(folder)
    assert.equal(files.length, 2)
    for (const file of files) {
      assert.ok(!(await readFile(file)).includes('Secret'))
      assert.ok(!(await readFile(file)).includes('lisbon'))
      assert.equal((await stat(file)).mode & 0o077, 0)
    }
    await inbox.remove(entry.handle)
    assert.deepEqual(await filesIn(folder), [])
    assert.deepEqual(inbox.contents(), { films: 0, bytes: 0, oldestMs: undefined })
  })

  test('numbers go on behind a restart, with no gap and none twice, and the dead leave their films', async (t) => {
    const folder = await tempDir(t)
    const first = await openTestInbox(folder, '1-a')
    for (const text of ['one', 'two', 'three']) await first.give(Buffer.from(text))
    await first.remove(first.kept[1] ?? '')
    const dropped = await first.begin()
    await dropped.write(film)
    await dropped.drop()
    const second = await openTestInbox(folder, '2-b')
    await second.give(Buffer.from('four'))
    const left = await second.list()
    const numbers = []
    for (const handle of [...left, ...second.kept]) numbers.push((await second.read(handle))?.kept)
    assert.deepEqual(
      numbers.map((kept) => kept?.sequence),
      [1, 3, 4],
    )
    assert.equal(new Set(numbers.map((kept) => kept?.spoolId)).size, 1)
  })

  test('half a film is no entry: the next process puts it aside', async (t) => {
    const folder = await tempDir(t)
    const first = await openTestInbox(folder, '1-a')
    const half = await first.begin()
    await half.write(Buffer.alloc(2_000_000))
    const second = await openTestInbox(folder, '2-b')
    assert.deepEqual(await second.list(), [])
    assert.equal((await readdir(join(folder, 'aside'))).length, 1)
    await half.drop()
  })

  test('what was changed on the disk is put aside, and says so', async (t) => {
    const folder = await tempDir(t)
    const inbox = await openTestInbox(folder, '1-a')
    await inbox.give(film)
    const handle = inbox.kept[0] ?? ''
    await truncate(`${handle}.json`, 30)
    assert.equal(await inbox.read(handle), undefined)
    assert.equal((await readdir(join(folder, 'aside'))).length, 2)
    assert.equal(inbox.contents().films, 0)
    await openTestInbox(folder, '2-b')
  })

  test('takes nothing beyond its quota, and takes films again when there is room', async (t) => {
    const folder = await tempDir(t)
    const inbox = await openTestInbox(folder, '1-a', { quotaBytes: 3 * film.length })
    assert.equal((await inbox.give(film)).kind, 'kept')
    assert.equal((await inbox.give(film)).kind, 'kept')
    assert.deepEqual(await inbox.give(film), { kind: 'refused', why: 'INBOX_FULL' })
    assert.equal((await filesIn(folder)).length, 4, 'nothing is left of what was refused')
    await inbox.remove(inbox.kept[0] ?? '')
    assert.equal((await inbox.give(film)).kind, 'kept')
    // A new process counts what it finds.
    const next = await openTestInbox(folder, '2-b', { quotaBytes: 2 * film.length + 1000 })
    await next.list()
    assert.deepEqual(await next.give(film), { kind: 'refused', why: 'INBOX_FULL' })
  })

  test('a full disk refuses the film, and its number goes to the next one', async (t) => {
    const folder = await tempDir(t)
    let isFull = true
    const inbox = await openTestInbox(folder, '1-a', {
      writeAll: async (files) => {
        if (isFull) throw fullDisk()
        await writeAllDurably(files)
      },
    })
    assert.deepEqual(await inbox.give(film), { kind: 'refused', why: 'DISK_FULL' })
    assert.deepEqual(await filesIn(folder), [])
    isFull = false
    await inbox.give(film)
    assert.equal((await inbox.read(inbox.kept[0] ?? ''))?.kept.sequence, 1)
  })

  test('of a film that is too large only the beginning is kept', async (t) => {
    const inbox = await openTestInbox(await tempDir(t), '1-a')
    const incoming = await inbox.begin()
    const piece = Buffer.alloc(16 * 1024 * 1024, 3)
    for (let part = 0; part < 5; part += 1) await incoming.write(piece)
    assert.equal((await incoming.keep()).kind, 'kept')
    const entry = await inbox.read(inbox.kept[0] ?? '')
    assert.ok(entry !== undefined)
    assert.deepEqual([entry.kept.isTooLarge, entry.kept.size], [true, 5 * piece.length])
    assert.ok((await stat(entry.file)).size < 65 * 1024 * 1024)
    const endless = await inbox.begin()
    for (let size = 0; size <= endlessBytes; size += piece.length) await endless.write(piece)
    assert.deepEqual(await endless.keep(), { kind: 'refused', why: 'FILM_ENDLESS' })
  })

  test('does not open under another key while films wait: their numbers would be given again', async (t) => {
    const folder = await tempDir(t)
    await (await openTestInbox(folder, '1-a')).give(film)
    const files = await filesIn(folder)
    await assert.rejects(openTestInbox(folder, '2-b', { key: Buffer.alloc(32, 8) }), {
      code: 'GATEWAY_KEY_MISSING',
    })
    assert.deepEqual(await filesIn(folder), files)
    const again = await openTestInbox(folder, '3-c')
    await again.give(film)
    const sequences = []
    for (const handle of [...(await again.list()), ...again.kept])
      sequences.push((await again.read(handle))?.kept.sequence)
    assert.deepEqual(sequences, [1, 2])
  })

  test('takes nothing once it is closed', async (t) => {
    const inbox = await openTestInbox(await tempDir(t), '1-a')
    inbox.close()
    assert.equal(await inbox.open({ siteId: 'lisbon', via: 'c-store' }), 'STOPPING')
  })
})
