import assert from 'node:assert/strict'
import { open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type ArrivalDraft, createSpool } from '../../src/producers/spool.ts'
import { thisProcess } from '../../src/producers/spool-owner.ts'
import { explainFullDisk } from '../../src/runtime/durable-file.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { tempDir } from '../support/temp-dir.ts'

const draft: ArrivalDraft = {
  siteId: 'lisbon',
  eventId: 'a'.repeat(64),
  subjectKey: 'b'.repeat(64),
  subjectFrom: 'patient',
  lane: 'live',
  contentType: 'application/dicom',
  attributes: { sex: 'F' },
}
const film = Buffer.from('pixels')
const now = () => new Date('2026-03-01T10:00:00.000Z')
const ownerOf = (id: string, alive: readonly string[] = []) => ({
  id,
  isAlive: (other: string) => other === id || alive.includes(other),
})
const spoolAt = (folder: string, id: string, alive: readonly string[] = []) =>
  createSpool({ folder, logger: silentLogger, now, owner: ownerOf(id, alive) })

/** Files of a spool but for the counters of its numbers, which stay. */
const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('sequences'))
    .map((entry) => join(entry.parentPath, entry.name))

describe('the spool', () => {
  test('keeps a film with what its record will say, readable by this user only', async (t) => {
    const folder = await tempDir(t)
    const spool = await spoolAt(folder, '1-a')
    const { handle, arrival } = await spool.store(draft, film)
    assert.match(arrival.arrivalId, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.equal(Number.parseInt(arrival.arrivalId.replaceAll('-', '').slice(0, 12), 16), now().getTime())
    assert.equal(arrival.receivedAt, '2026-03-01T10:00:00.000Z')
    assert.deepEqual(await spool.read(handle), { handle, arrival, film })
    for (const file of await filesIn(folder)) {
      const handleOfFile = await open(file)
      assert.equal((await handleOfFile.stat()).mode & 0o077, 0)
      await handleOfFile.close()
    }
    await spool.remove(handle)
    assert.deepEqual(await filesIn(folder), [])
    await spool.remove(handle)
  })

  test('takes over from the dead, leaves the living alone, and forgets emptied folders', async (t) => {
    const folder = await tempDir(t)
    const dead = await (await spoolAt(folder, '1-a')).store(draft, Buffer.from('of the dead'))
    await (await spoolAt(folder, '2-b')).store(draft, Buffer.from('of the living'))
    const mine = await spoolAt(folder, '3-c', ['2-b'])
    await mine.store(draft, Buffer.from('of mine'))
    const found = await mine.list()
    const entries = await Promise.all(found.map((handle) => mine.read(handle)))
    assert.deepEqual(
      entries.map((entry) => entry?.arrival),
      [dead.arrival],
    )
    await mine.remove(found[0] ?? '')
    assert.deepEqual((await readdir(folder)).toSorted(), ['2-b', '3-c', 'sequences'])
  })

  test('two processes that take over at once never share a film', async (t) => {
    const folder = await tempDir(t)
    for (const id of ['1-a', '2-a', '3-a', '4-a']) await (await spoolAt(folder, id)).store(draft, film)
    const alive = ['8-a', '9-a']
    const [one, other] = [await spoolAt(folder, '8-a', alive), await spoolAt(folder, '9-a', alive)]
    const taken = (await Promise.all([one.list(), other.list()])).flat()
    assert.equal(taken.length, 4)
    assert.equal(new Set(taken).size, 4)
  })

  test('sets half-written and damaged entries aside and goes on with the others', async (t) => {
    const folder = await tempDir(t)
    const dying = await spoolAt(folder, '1-a')
    const [half, cut, garbled, lost, whole] = [
      await dying.store(draft, film),
      await dying.store(draft, film),
      await dying.store(draft, film),
      await dying.store(draft, film),
      await dying.store(draft, film),
    ]
    await rm(`${half.handle}.json`)
    await truncate(`${cut.handle}.film`, 3)
    await writeFile(`${garbled.handle}.json`, '{"arrivalId":')
    await rm(`${lost.handle}.film`)
    await writeFile(join(folder, '1-a', '00000000000000-000000009.film.tmp'), 'pix')
    const warnings: object[] = []
    const logger = {
      ...silentLogger,
      warn: (fields: object) => void warnings.push(fields),
      child: () => logger,
    }
    const later = await createSpool({ folder, logger, now, owner: ownerOf('2-a') })
    const read = await Promise.all((await later.list()).map((handle) => later.read(handle)))
    assert.deepEqual(
      read.filter((entry) => entry !== undefined).map((entry) => entry.arrival),
      [whole.arrival],
    )
    assert.equal(warnings.length, 5)
    const aside = await readdir(join(folder, 'aside'))
    assert.equal(aside.length, 7, 'what was set aside is kept for a person')
    assert.equal((await later.list()).length, 1)
  })

  test('a full disk says so and keeps nothing', async (t) => {
    const folder = await tempDir(t)
    const writtenBefore: string[] = []
    const spool = await createSpool({
      folder,
      logger: silentLogger,
      now,
      owner: ownerOf('1-a'),
      write: async (path, bytes) => {
        if (path.endsWith('.film')) {
          writtenBefore.push(path)
          return writeFile(path, bytes)
        }
        // The system's own way to meet a full disk.
        return writeFile('/dev/full', bytes).catch((error: unknown) => {
          throw explainFullDisk(error, folder)
        })
      },
    })
    await assert.rejects(spool.store(draft, film), { name: 'SetupError', code: 'DISK_FULL' })
    assert.equal(writtenBefore.length, 1)
    assert.deepEqual(await filesIn(folder), [])
    assert.deepEqual(await spool.list(), [])
  })

  test('holds no other text than what its record will say', async (t) => {
    const folder = await tempDir(t)
    const { handle, arrival } = await (await spoolAt(folder, '1-a')).store(draft, film)
    assert.deepEqual(JSON.parse(await readFile(`${handle}.json`, 'utf8')), arrival)
  })
})

describe('the owner of a spool folder', () => {
  test('this process is alive; a number that was used again is not the process that died', () => {
    const { id, isAlive } = thisProcess()
    assert.ok(isAlive(id))
    assert.ok(!isAlive(`${process.pid}-another-beginning`))
    assert.ok(!isAlive('0-x'))
    assert.ok(!isAlive('no-number'))
  })
})
