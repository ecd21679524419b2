import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { z } from 'zod'
import { partitionOf } from '../../src/contracts/partition-of.ts'
import { imagesTopic, receiptsTopic } from '../../src/contracts/topics.ts'
import { mintArrivalId } from '../../src/producers/arrival-id.ts'
import { imageRecordOf, receiptRecordOf } from '../../src/producers/image-record.ts'
import { signArrival } from '../../src/producers/sign-arrival.ts'
import { loadSiteKeys, type SiteKeys } from '../../src/producers/site-keys.ts'
import type { SpooledArrival } from '../../src/producers/spool.ts'
import { openLedgerReader } from '../../src/roles/measure-offsets.ts'
import { countSchema } from '../../src/runtime/clickhouse.ts'
import type { OutgoingRecord } from '../../src/runtime/kafka/types.ts'
import { sha256Of } from '../../src/runtime/sha256.ts'
import { connectToEngine } from '../support/engine-connections.ts'
import { writeNoiseFilm } from '../support/noise-film.ts'
import { runCommand } from '../support/run-command.ts'
import { writeSimulatedFilms } from '../support/simulated-folder.ts'
import { startUp } from '../support/start-up.ts'
import { tempDir } from '../support/temp-dir.ts'
import { undoAfter } from '../support/undo.ts'
import { waitFor } from '../support/wait-for.ts'

const root = resolve(import.meta.dirname, '..', '..')
const films = 20
const hips = 1
const hostileRecords = 6

const clinics = ['honest', 'dead-clock', 'id-thief', 'other-partitioner'] as const

/** A text that no film is, of a clinic's own. */
const junkOf = (name: string, index: number) => Buffer.from(`no film: ${name} ${index}`)

const arrivalOf = (siteId: string, index: number, more: Partial<SpooledArrival> = {}): SpooledArrival => {
  const receivedAt = new Date(more.receivedAt ?? Date.now())
  const film = junkOf(siteId, index)
  return {
    arrivalId: mintArrivalId(receivedAt),
    eventId: sha256Of(`${siteId} ${index}`),
    siteId,
    spoolId: randomUUID(),
    sequence: 1,
    receivedAt: receivedAt.toISOString(),
    subjectKey: sha256Of(`person ${siteId} ${index}`),
    subjectFrom: 'patient',
    contentType: 'application/dicom',
    contentSize: film.length,
    contentSha256: sha256Of(film),
    attributes: {},
    lane: 'live',
    ...more,
  }
}

const context = { traceparent: undefined, dataref: undefined }
/** The image record and what makes its receipt. */
const sentOf = (keys: SiteKeys, index: number, more: Partial<SpooledArrival> = {}, sentAt = new Date()) => {
  const signed = signArrival(keys, arrivalOf(keys.siteId, index, more), sentAt)
  return { signed, record: imageRecordOf(signed, junkOf(keys.siteId, index), context) }
}

type Booked = {
  answer: { arrivalId: string; eventId: string; receivedAt: string }
  verdict: { booking: string } | null
}

// What the contracts promise together: a clinic whose clock is dead, one that uses ids of another, a stranger that signs
// nothing and claims attempt 1000, and one with another partitioner take nothing from a fifth that does as it should.
test('four clinics that do as they should not change no count of a fifth', {
  timeout: 300_000,
}, async (t) => {
  const undo = undoAfter(t)
  const engine = await startUp(root)
  undo(engine.stop)
  const { dataDir } = engine
  const command = async (...args: string[]): Promise<string> => {
    const { stdout, stderr } = await runCommand([...args, '--data-dir', dataDir])
    assert.notEqual(stdout, '', stderr)
    return stdout
  }
  const answerOf = async (...args: string[]) =>
    JSON.parse((await command(...args, '--json')).trim().split('\n').at(-1) ?? '')
  const folder = await tempDir(t)
  const sitesFile = join(folder, 'sites.json')
  await writeFile(
    sitesFile,
    JSON.stringify(
      clinics.map((siteId) => ({
        siteId,
        name: siteId,
        region: 'South',
        timeZone: 'UTC',
        domain: 'synthetic',
      })),
    ),
  )
  await command('sites', 'apply', sitesFile)
  const [, deadClock, idThief, otherPartitioner] = await Promise.all(
    clinics.map((siteId) => loadSiteKeys({ dataDir, siteId })),
  )
  assert.ok(deadClock !== undefined && idThief !== undefined && otherPartitioner !== undefined)

  const honest = join(folder, 'films')
  await mkdir(honest)
  await writeSimulatedFilms(honest, hips, 7)
  for (let index = hips; index < films; index += 1)
    await writeNoiseFilm(join(honest, `noise-${index}.dcm`), `2.25.${9000 + index}`)
  const connections = await connectToEngine(dataDir, undo)
  const { clickhouse, publisher } = connections
  const ledger = openLedgerReader(connections)
  const publish = (record: OutgoingRecord) => publisher.publish(imagesTopic, record)
  const publishWhole = async ({ signed, record }: ReturnType<typeof sentOf>) => {
    await publisher.publish(receiptsTopic, receiptRecordOf(signed, await publish(record), undefined))
  }

  // Its films go first, so that whoever takes their ids comes later; the rest of them come between the hostile ones.
  const first = (await answerOf('ingest', honest, '--clinic', 'honest')).files as Booked[]
  assert.equal(first.length, films)
  const booked = (files: readonly Booked[]) =>
    files.map(({ verdict }) => verdict?.booking ?? 'none').toSorted()
  assert.ok(!booked(first).includes('none'), 'every film has its verdict')
  const ledgerOf = (siteId: string) => ledger.read({ scope: { siteId } })
  const before = await ledgerOf('honest')

  const [deadClockSpool, idThiefSpool, otherSpool] = [randomUUID(), randomUUID(), randomUUID()]
  for (let index = 0; index < hostileRecords; index += 1) {
    const answer = first[index]?.answer
    assert.ok(answer !== undefined)
    const victim = { arrivalId: answer.arrivalId, eventId: answer.eventId, receivedAt: answer.receivedAt }
    const long = (
      index % 2 === 0 ? new Date('1999-12-31T23:00:00Z') : new Date('2061-01-01T00:00:00Z')
    ).toISOString()
    await publishWhole(
      sentOf(
        deadClock,
        index,
        { receivedAt: long, sequence: index + 1, spoolId: deadClockSpool },
        new Date(long),
      ),
    )
    await publishWhole(sentOf(idThief, index, { ...victim, sequence: index + 1, spoolId: idThiefSpool }))
    const { record } = sentOf(idThief, index, victim)
    await publish({
      ...record,
      headers: {
        ...record.headers,
        ce_siteid: 'honest',
        ce_source: '/sites/honest',
        ce_attempt: index % 2 === 0 ? '1000' : '1',
        ce_sitesig: `${'A'.repeat(86)}==`,
      },
    })
    const strange = sentOf(otherPartitioner, index, { sequence: index + 1, spoolId: otherSpool })
    const right = partitionOf(strange.record.key, imagesTopic.partitions)
    await publish({ ...strange.record, partition: (right + 1) % imagesTopic.partitions })
  }
  const again = (await answerOf('ingest', honest, '--clinic', 'honest')).files as Booked[]
  assert.deepEqual(
    new Set(booked(again)),
    new Set(['duplicate']),
    'they are known again, and nothing else became of them',
  )

  await waitFor('verdicts on all records', async () => (await ledger.read()).unscreenedRecords === 0)
  await waitFor('the sink', async () => (await ledger.read()).unsunkVerdicts === 0)
  const after = await ledgerOf('honest')
  assert.deepEqual(
    { ...after, spools: [], faults: [], received: 0, duplicates: 0 },
    { ...before, spools: [], faults: [], received: 0, duplicates: 0 },
    'no count of the honest clinic has changed',
  )
  assert.deepEqual([after.received, after.duplicates], [2 * films, before.duplicates + films])
  const whole = await ledger.read()
  assert.equal(whole.balanced, true)
  assert.deepEqual(whole.deadLettered, {
    ATTEMPT_NOT_VOUCHED: hostileRecords / 2,
    SITE_SIGNATURE_INVALID: hostileRecords / 2,
    RECORD_MISPLACED: hostileRecords,
    FILE_CORRUPT: 2 * hostileRecords,
  })
  assert.equal(whole.deadLettered.RECORD_MISPLACED, hostileRecords)
  assert.deepEqual(whole.faults, [{ kind: 'sharedIds', siteId: 'id-thief', count: hostileRecords }])
  const [deadClockLedger, thiefLedger] = [await ledgerOf('dead-clock'), await ledgerOf('id-thief')]
  for (const { received, deadLettered } of [deadClockLedger, thiefLedger])
    assert.deepEqual([received, deadLettered], [hostileRecords, { FILE_CORRUPT: hostileRecords }])

  const isNamed = async (kind: string, scope: string): Promise<boolean> => {
    const rows = await clickhouse.query(
      'SELECT count() AS n FROM alarms WHERE kind = {kind:String} AND scope = {scope:String}',
      { kind, scope },
      z.object({ n: countSchema }),
    )
    return (rows[0]?.n ?? 0) > 0
  }
  await waitFor('an alarm on the dead clock', () => isNamed('clinic-clock', 'dead-clock'))
  for (const scope of ['honest', 'other-partitioner', 'id-thief'])
    await waitFor(`an alarm on ${scope}`, () => isNamed('unverified-records', scope), 120_000)
  const { equal } = (await answerOf('replay')).replay
  assert.equal(equal, true)
})
