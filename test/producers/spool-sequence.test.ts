import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type ArrivalDraft, createSpool, type Spool, type SpoolEntry } from '../../src/producers/spool.ts'
import { writeDurably } from '../../src/runtime/durable-file.ts'
import { silentLogger } from '../../src/runtime/logger.ts'
import { tempDir } from '../support/temp-dir.ts'

const draftOf = (siteId: string): ArrivalDraft => ({
  siteId,
  eventId: 'a'.repeat(64),
  subjectKey: 'b'.repeat(64),
  subjectFrom: 'patient',
  lane: 'live',
  contentType: 'application/dicom',
  attributes: {},
})
const film = Buffer.from('pixels')
const now = () => new Date('2026-03-01T10:00:00.000Z')

const open = (
  folder: string,
  id: string,
  alive: readonly string[] = [],
  write = writeDurably,
): Promise<Spool> =>
  createSpool({
    folder,
    logger: silentLogger,
    now,
    write,
    owner: { id, isAlive: (other) => other === id || alive.includes(other) },
  })

const numberOf = ({ arrival }: SpoolEntry): string =>
  `${arrival.spoolId} ${arrival.siteId} ${arrival.sequence}`
const store = async (spool: Spool, siteId = 'lisbon'): Promise<SpoolEntry> =>
  spool.store(draftOf(siteId), film)

describe('the numbers of a spool', () => {
  test('count up for each clinic from 1, also when films come at once', async (t) => {
    const spool = await open(await tempDir(t), '1-a')
    const sites = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 'lisbon' : 'porto'))
    const entries = await Promise.all(sites.map((siteId) => store(spool, siteId)))
    for (const siteId of ['lisbon', 'porto'])
      assert.deepEqual(
        entries
          .filter(({ arrival }) => arrival.siteId === siteId)
          .map(({ arrival }) => arrival.sequence)
          .toSorted((a, b) => a - b),
        Array.from({ length: 10 }, (_, index) => index + 1),
      )
    assert.equal(new Set(entries.map(({ arrival }) => arrival.spoolId)).size, 1)
  })

  test('go on where a dead process stopped, whatever of its films is still there', async (t) => {
    const folder = await tempDir(t)
    const first = await open(folder, '1-a')
    const sent = await store(first)
    await first.remove(sent.handle)
    const left = await store(first)
    // Another process publishes what the dead one left, and a third one goes on with the numbers.
    const helper = await open(folder, '2-b')
    const [handle = ''] = await helper.list()
    assert.equal((await helper.read(handle))?.arrival.sequence, 2)
    await helper.remove(handle)
    const third = await open(folder, '3-c', ['2-b'])
    const next = await store(third)
    const all = [sent, left, next].map(numberOf)
    assert.equal(new Set(all).size, 3, all.join(', '))
    const own = all.filter((text) => text.startsWith(sent.arrival.spoolId))
    const numbers = own.map((text) => Number(text.split(' ')[2]))
    assert.deepEqual(
      numbers,
      Array.from({ length: numbers.length }, (_, index) => index + 1),
      'no gap',
    )
  })

  test('two processes at once have a spool each, and none gives a number twice', async (t) => {
    const folder = await tempDir(t)
    const alive = ['1-a', '2-b']
    const [one, other] = [await open(folder, '1-a', alive), await open(folder, '2-b', alive)]
    const entries = await Promise.all([one, other, one, other, one].map((spool) => store(spool)))
    assert.equal(new Set(entries.map(numberOf)).size, 5)
    assert.equal(new Set(entries.map(({ arrival }) => arrival.spoolId)).size, 2)
  })

  test('a film that could not be kept uses no number up', async (t) => {
    let isFull = false
    const spool = await open(await tempDir(t), '1-a', [], async (path, bytes) => {
      if (isFull && path.endsWith('.json')) throw new Error('the disk is full')
      await writeDurably(path, bytes)
    })
    assert.equal((await store(spool)).arrival.sequence, 1)
    isFull = true
    await assert.rejects(store(spool), /full/)
    isFull = false
    assert.equal((await store(spool)).arrival.sequence, 2)
  })

  test('a counter that is on the disk before its film goes: a crash right after never gives the number again', async (t) => {
    const folder = await tempDir(t)
    const dying = await open(folder, '1-a')
    for (let film = 1; film <= 3; film += 1) {
      const entry = await store(dying)
      await dying.remove(entry.handle)
    }
    // Nothing of the three is left but their counter.
    await rm(join(folder, '1-a'), { recursive: true })
    assert.equal((await store(await open(folder, '2-b'))).arrival.sequence, 4)
  })
})
