import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { FilmNote } from '../../../src/contracts/film-inbox.ts'
import { eventIdOf, subjectKeyOf } from '../../../src/producers/identify-film.ts'
import { type StartInboxOptions, startInbox } from '../../../src/producers/inbox/start-inbox.ts'
import { followOptOuts, optOut } from '../../../src/producers/opt-out.ts'
import { seededSiteKeys } from '../../../src/producers/site-keys.ts'
import { SetupError } from '../../../src/runtime/errors.ts'
import { silentLogger } from '../../../src/runtime/logger.ts'
import { startTelemetry } from '../../../src/runtime/telemetry.ts'
import { writePng } from '../../../src/simulation/clinics/write-png.ts'
import { noiseFilm } from '../../support/noise-film.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { waitFor } from '../../support/wait-for.ts'
import { createFakeLog } from '../fake-clinic.ts'
import { testKey } from './open-inbox.ts'

const keysOf = async (siteId: string) => seededSiteKeys({ siteId, seed: 'test' })

type Tester = { after: (work: () => Promise<void>) => void }

const openRunning = async (
  t: Tester,
  folder: string,
  options: Partial<StartInboxOptions> = {},
  id = '1-a',
) => {
  const log = createFakeLog()
  const telemetry = startTelemetry({ service: 'test', version: '0' })
  const crashes: Error[] = []
  const inbox = await startInbox({
    folder,
    key: testKey,
    quotaBytes: 1e9,
    workers: 1,
    lateAfterS: 60,
    publisher: log,
    blobs: { put: async () => 'blob:sha256:0' },
    keysOf,
    onCrash: (error) => crashes.push(error),
    telemetry,
    logger: silentLogger,
    now: () => new Date('2026-03-01T10:00:00.000Z'),
    pause: (_ms, signal) => new Promise((resolve) => (signal.aborted ? resolve() : setTimeout(resolve, 5))),
    owner: { id, isAlive: (other) => other === id },
    ...options,
  })
  const stop = async (): Promise<void> => {
    await inbox.stop()
    await telemetry.stop()
  }
  t.after(stop)
  const give = async (content: Uint8Array, siteId = 'lisbon', note?: FilmNote) => {
    const film = await inbox.open({ siteId, via: 'upload', ...(note === undefined ? {} : { note }) })
    if (typeof film === 'string') throw new Error(film)
    await film.write(content)
    const answer = await film.keep()
    if (answer.kind === 'refused') throw new Error(answer.why)
    return answer
  }
  const emptied = () => waitFor('an empty inbox', () => inbox.state().films === 0)
  return { ...inbox, log, give, emptied, crashes, stop }
}

describe('what came in', () => {
  test('is gated in a thread, published under the id that was acknowledged, and gone', async (t) => {
    const inbox = await openRunning(t, await tempDir(t))
    const { arrivalId } = await inbox.give(noiseFilm('1.2.3'))
    const refused = await inbox.give(Buffer.from('not a film'))
    await inbox.emptied()
    const [image, other] = inbox.log.of('hip.images.v1')
    assert.equal(image?.headers['ce_id'], arrivalId)
    assert.equal(image?.headers['ce_sequence'], '1')
    assert.equal(image?.key, eventIdOf(await keysOf('lisbon'), { sopInstanceUid: '1.2.3', sha256: '' }))
    assert.ok((image?.value?.length ?? 0) > 100_000)
    assert.equal(other?.headers['ce_id'], refused.arrivalId)
    assert.equal(other?.headers['ce_gaterefusal'], 'FILE_CORRUPT')
    assert.equal(inbox.log.of('hip.receipts.v1').length, 2)
    for (const { record } of inbox.log.records)
      assert.ok(
        !Buffer.from(
          JSON.stringify(record.headers) + Buffer.from(record.value ?? []).toString('latin1'),
        ).includes('SECRET'),
      )
    assert.deepEqual(inbox.crashes, [])
  })

  test('a note says what a picture cannot: person, age, sex; and a child is refused by it', async (t) => {
    const inbox = await openRunning(t, await tempDir(t))
    const picture = await writePng({
      rows: 300,
      columns: 200,
      colour: 'grey',
      bitDepth: 8,
      samples: new Uint8Array(200 * 300).fill(9),
    })
    await inbox.give(picture, 'lisbon', { patientId: 'SECRET-ID', ageYears: 71, sex: 'F', reason: 'pain' })
    await inbox.give(picture, 'lisbon', { ageYears: 12 })
    await inbox.emptied()
    const [grown, child] = inbox.log.of('hip.images.v1')
    const attributes = JSON.parse(grown?.headers['ce_attributes'] ?? '')
    assert.deepEqual([attributes.ageBand, attributes.sex, attributes.reason], ['70-74', 'F', 'pain'])
    assert.equal(grown?.headers['ce_subjectfrom'], 'patient')
    assert.equal(child?.headers['ce_gaterefusal'], 'UNDER_18')
    assert.equal(child?.value?.length, 0)
  })

  test('a site whose keys are gone waits; the films of the others go on', async (t) => {
    let isThere = false
    const inbox = await openRunning(t, await tempDir(t), {
      keysOf: async (siteId) => {
        if (siteId === 'porto' && !isThere) throw new SetupError('SITE_KEYS_MISSING', 'gone', 'restore them')
        return keysOf(siteId)
      },
    })
    await inbox.give(noiseFilm('1.2.4'), 'porto')
    await inbox.give(noiseFilm('1.2.5'), 'lisbon')
    await waitFor('the film of lisbon to be gone', () => inbox.state().films === 1)
    assert.equal(inbox.log.of('hip.receipts.v1').length, 1)
    isThere = true
    await inbox.emptied()
  })

  test('waits while Kafka is away, across a restart, and comes in the order of its numbers', async (t) => {
    const folder = await tempDir(t)
    const away = await openRunning(t, folder, {
      publisher: {
        publish: async () => {
          throw new Error('the broker is away')
        },
      },
    })
    const ids = []
    for (const uid of ['1', '2', '3', '4']) ids.push((await away.give(noiseFilm(uid))).arrivalId)
    await away.stop()
    const back = await openRunning(t, folder, {}, '2-b')
    assert.equal(await back.resume(), 4)
    await back.emptied()
    assert.deepEqual(
      back.log.of('hip.receipts.v1').map((record) => record.headers['ce_id']),
      ids,
    )
  })

  test('of a person who opted out leaves its number alone, from the next film on', async (t) => {
    const dataDir = await tempDir(t)
    await mkdir(join(dataDir, 'sites', 'lisbon'), { recursive: true })
    const inbox = await openRunning(t, join(dataDir, 'inbox'), { isOptedOut: followOptOuts(dataDir) })
    await inbox.give(noiseFilm('1'))
    await inbox.emptied()
    const subjectKey = subjectKeyOf(await keysOf('lisbon'), undefined, 'SECRET-ID')
    assert.equal(await optOut(dataDir, 'lisbon', subjectKey), true)
    assert.equal(await optOut(dataDir, 'lisbon', subjectKey), false)
    await inbox.give(noiseFilm('2'))
    await inbox.give(noiseFilm('3', [[0x00100020, 'LO', 'OTHER']]))
    await inbox.emptied()
    const [withheld, ...others] = inbox.log.of('hip.withheld.v1')
    assert.deepEqual(others, [])
    const { siteId, sequence } = JSON.parse(Buffer.from(withheld?.value ?? []).toString())
    assert.deepEqual([siteId, sequence], ['lisbon', 2])
    assert.match(withheld?.headers['ce_sitesig'] ?? '', /==$/)
    assert.deepEqual(
      inbox.log.of('hip.images.v1').map(({ headers }) => headers['ce_sequence']),
      ['1', '3'],
    )
    const said = JSON.stringify(withheld?.headers) + Buffer.from(withheld?.value ?? []).toString()
    assert.ok(!said.includes(subjectKey) && !said.includes('SECRET'))
  })

  test('that waits too long is said once', async (t) => {
    const lines: string[] = []
    let look = (): void => {}
    let now = Date.parse('2026-03-01T10:00:00.000Z')
    const inbox = await openRunning(t, await tempDir(t), {
      now: () => new Date(now),
      publisher: {
        publish: async () => {
          throw new Error('the broker is away')
        },
      },
      every: (_ms, work) => {
        look = work
        return () => {}
      },
      logger: Object.assign(Object.create(silentLogger), {
        error: (_fields: object, message?: string) => lines.push(message ?? ''),
      }),
    })
    await inbox.give(noiseFilm('1'))
    look()
    assert.deepEqual(lines, [])
    now += 61_000
    look()
    look()
    assert.deepEqual(lines, ['films wait too long in the inbox'])
  })
})
