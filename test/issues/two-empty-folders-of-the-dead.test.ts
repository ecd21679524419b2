import assert from 'node:assert/strict'
import { mkdir, readdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { type ArrivalDraft, createSpool } from '../../src/producers/spool.ts'
import { readSides } from '../../src/producers/spool-folder.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { tempDir } from '../support/temp-dir.ts'

const draft: ArrivalDraft = {
  siteId: 'lisbon',
  eventId: 'a'.repeat(64),
  subjectKey: 'b'.repeat(64),
  subjectFrom: 'patient',
  lane: 'live',
  contentType: 'application/dicom',
  attributes: {},
}

const spoolAt = (folder: string, id: string, isAlive = (other: string) => other === id) =>
  createSpool({ folder, logger: silentLogger, now: () => new Date(), owner: { id, isAlive } })

// Two folders of dead owners that held nothing became one under a name that was free when the first was moved: the second
// replaced it, both were listed, and every ingest after two that had run at once ended with ENOENT.
test('a spool lists what the dead left, however many of their folders are empty', async (t) => {
  const folder = await tempDir(t)
  for (const id of ['1-a', '2-b', '3-c', '4-d']) await spoolAt(folder, id, () => true)
  const kept = await (await spoolAt(folder, '5-e', () => true)).store(draft, Buffer.from('pixels'))
  const mine = await spoolAt(folder, '6-f')
  const handles = await mine.list()
  assert.deepEqual(await Promise.all(handles.map(async (handle) => (await mine.read(handle))?.arrival)), [
    kept.arrival,
  ])
  assert.equal((await readdir(folder)).filter((name) => name !== 'sequences').length, 2)
})

// A list of the spool that was read while another process moved a folder ended with ENOENT, or missed a number.
test('spools that open and take over at once find every entry, and give no number twice', async (t) => {
  const folder = await tempDir(t)
  for (let round = 0; round < 10; round += 1) {
    const spools = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        spoolAt(folder, `${round}-${index}`, (other) => other.startsWith(`${round}-`)),
      ),
    )
    await Promise.all(
      spools.map(async (spool) => {
        await spool.list()
        await spool.store(draft, Buffer.from('pixels'))
      }),
    )
  }
  const last = await spoolAt(folder, 'last')
  const entries = await Promise.all((await last.list()).map((handle) => last.read(handle)))
  const numbers = entries.map((entry) => `${entry?.arrival.spoolId} ${entry?.arrival.sequence}`)
  assert.equal(numbers.length, 60)
  assert.equal(new Set(numbers).size, 60)
  for (const spoolId of new Set(entries.map((entry) => entry?.arrival.spoolId))) {
    const own = entries.filter((entry) => entry?.arrival.spoolId === spoolId)
    assert.deepEqual(
      own.map((entry) => entry?.arrival.sequence ?? 0).toSorted((a, b) => a - b),
      own.map((_, index) => index + 1),
      'without a gap',
    )
  }
})

// The list was read again for as long as an entry on it could not be read, or its folder was not there: for ever.
test('a list of side files ends where one is a link that leads nowhere, and where the folder is gone', async (t) => {
  const folder = await tempDir(t)
  await mkdir(join(folder, '1-a'))
  await symlink(join(folder, 'nowhere'), join(folder, '1-a', 'film.json'))
  assert.deepEqual([...(await readSides(folder))], [])
  await rm(folder, { recursive: true })
  await assert.rejects(readSides(folder), { code: 'ENOENT' })
})
