import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { Receipt } from '../../../src/contracts/receipt.ts'
import { receiptsTopic, verdictsTopic } from '../../../src/contracts/topics.ts'
import { verdictRecord } from '../../../src/roles/start-screening.ts'
import { encodeJsonEvent } from '../../../src/runtime/json-event.ts'
import { connectToEngine } from '../../support/engine-connections.ts'
import { finding, hipOf, receiptOf, verdictOf } from '../../support/results.ts'
import { objectOf, runCommand } from '../../support/run-command.ts'
import { writeSimulatedFilms } from '../../support/simulated-folder.ts'
import { type RunningEngine, startUp } from '../../support/start-up.ts'
import { undoAfter } from '../../support/undo.ts'
import { waitFor } from '../../support/wait-for.ts'

const root = resolve(import.meta.dirname, '../..', '..')
const audit = ['--who', 'data steward', '--why', 'asked for it']
const countSchema = z.object({ rows: z.coerce.number() })

const receiptRecord = (receipt: Receipt) => {
  const { arrivalId: id, eventId: subject, siteId, receivedAt: time } = receipt
  return encodeJsonEvent(receiptsTopic, subject, { id, subject, source: `/sites/${siteId}`, time }, receipt)
}

describe('replay, as an operator runs it', () => {
  const undo = undoAfter({ after })
  let engine: RunningEngine
  let connections: Awaited<ReturnType<typeof connectToEngine>>
  let arrivals: string[]
  const osteostream = (...args: string[]) => runCommand([...args, '--data-dir', engine.dataDir])
  const object = async (...args: string[]) => objectOf(await osteostream(...args, '--json'))
  const change = (sql: string) => connections.clickhouse.command(sql)
  const rowsOf = async (table: string, where = 'true') =>
    (
      await connections.clickhouse.query(
        `SELECT count() AS rows FROM ${table} FINAL WHERE ${where}`,
        {},
        countSchema,
      )
    )[0]?.rows ?? 0

  before(async () => {
    engine = await startUp(root)
    undo(engine.stop)
    connections = await connectToEngine(engine.dataDir, undo)
    const folder = join(engine.dataDir, 'films')
    await writeSimulatedFilms(folder, 6, 12)
    const { files } = await object('ingest', folder, '--clinic', 'demo')
    arrivals = files.map(({ answer }: { answer: { arrivalId: string } }) => answer.arrivalId)
    await osteostream('ingest', folder, '--clinic', 'demo')
    await osteostream('corrections', 'erase', '--arrival', arrivals[0] ?? '', ...audit)
    await osteostream('corrections', 'retract', arrivals[1] ?? '', ...audit)
  })

  test('an engine that nobody touched is equal to its topics, and lives in the rebuilt tables', async () => {
    const before = await object('ledger')
    const uuidOf = async () =>
      (
        await connections.clickhouse.query(
          "SELECT toString(uuid) AS id FROM system.tables WHERE database = currentDatabase() AND name = 'verdicts'",
          {},
          z.object({ id: z.string() }),
        )
      )[0]?.id
    const old = await uuidOf()
    const answer = await osteostream('replay', '--json')
    const { replay } = objectOf(answer)
    assert.deepEqual([answer.code, replay.equal, replay.swapped, replay.differences], [0, true, true, []])
    assert.ok(replay.rows.verdicts > 5 && replay.rows.erased_arrivals > 0, JSON.stringify(replay.rows))
    assert.notEqual(await uuidOf(), old)
    assert.deepEqual(await object('ledger'), before)
    const left = await connections.clickhouse.query(
      "SELECT count() AS rows FROM system.databases WHERE name = 'osteostream_replay'",
      {},
      countSchema,
    )
    assert.equal(left[0]?.rows, 0)
  })

  test('a row that was deleted, changed or added is named by its key, and mended on request', async () => {
    const [gone = '', altered = ''] = arrivals.slice(2)
    const before = await object('ledger')
    for (const table of ['verdicts', 'findings', 'image_records'])
      await change(`DELETE FROM ${table} WHERE arrival_id = '${gone}'`)
    await change(
      `ALTER TABLE verdicts UPDATE sex = 'O' WHERE arrival_id = '${altered}' SETTINGS mutations_sync = 2`,
    )
    await change(`INSERT INTO sites SELECT * REPLACE ('nowhere' AS site_id) FROM sites LIMIT 1`)
    await change(
      `INSERT INTO receipts SELECT * REPLACE (toUUID('${randomUUID()}') AS arrival_id) FROM receipts LIMIT 1`,
    )
    assert.equal((await osteostream('ledger')).code, 1, 'the ledger sees it')
    const refused = await osteostream('replay', '--json')
    const { replay } = objectOf(refused)
    assert.deepEqual([refused.code, replay.equal, replay.swapped], [1, false, false])
    const found = replay.differences.map(
      (each: { table: string; kind: string; key: { arrival_id?: string }; columns: string[] }) =>
        `${each.table} ${each.kind} ${each.kind === 'extra' ? '' : each.key.arrival_id} ${each.columns.join()}`,
    )
    for (const expected of [
      `verdicts missing ${gone} `,
      `image_records missing undefined `,
      `verdicts changed ${altered} sex`,
      'receipts extra  ',
      'sites extra  ',
    ])
      assert.ok(found.includes(expected), `${expected} in ${JSON.stringify(found)}`)
    const shown = await osteostream('replay', '--mend')
    assert.equal(shown.code, 0, shown.stderr)
    assert.match(
      shown.stdout,
      new RegExp(`verdicts missing: site_id=[a-z0-9-]+ event_id=[0-9a-f]{64} arrival_id=${gone}`),
    )
    assert.match(shown.stdout, /mended: .*osteostream_replay/)
    assert.deepEqual(await object('ledger'), before)
    const again = await osteostream('replay', '--json')
    assert.equal(objectOf(again).replay.equal, true)
  })

  /** Lets a clinic that nobody knows send receipts and verdicts until it is told to stop. */
  const startTraffic = (site: string, firstOffset: number) => {
    let published = 0
    let isOver = false
    const publish = async (count: number): Promise<void> => {
      const receipts = Array.from({ length: count }, (_, index) =>
        receiptOf({ film: randomUUID(), offset: firstOffset + published + index, siteId: site }),
      )
      await connections.publisher.publishMany(receiptsTopic, receipts.map(receiptRecord))
      const verdicts = receipts.map((receipt) => verdictOf(receipt, finding([hipOf('left', 'normal')])))
      await connections.publisher.publishMany(
        verdictsTopic,
        verdicts.map((verdict) => verdictRecord(verdict, undefined)),
      )
      published += count
    }
    const sending = (async () => {
      while (!isOver) {
        await publish(10)
        await delay(100)
      }
    })()
    return {
      published: () => published,
      stop: async () => {
        isOver = true
        await sending
      },
    }
  }
  const untilStored = async (site: string, published: number): Promise<void> => {
    for (const table of ['receipts', 'verdicts', 'findings', 'image_records'])
      await waitFor(
        `all rows of ${table}`,
        async () => (await rowsOf(table, `site_id = '${site}'`)) === published,
        60_000,
      )
  }

  test('nothing is lost while rows keep arriving over the swap', { timeout: 200_000 }, async () => {
    const site = `busy-${randomUUID().slice(0, 8)}`
    const traffic = startTraffic(site, 1_000_000)
    await waitFor('rows of the site', async () => (await rowsOf('verdicts', `site_id = '${site}'`)) > 0)
    const answers = [await osteostream('replay', '--json'), await osteostream('replay', '--json')]
    await traffic.stop()
    for (const answer of answers) {
      assert.equal(answer.code, 0, `${answer.stdout}${answer.stderr}`)
      assert.equal(objectOf(answer).replay.equal, true)
    }
    await untilStored(site, traffic.published())
    const last = objectOf(await osteostream('replay', '--json')).replay
    assert.deepEqual([last.equal, last.swapped], [true, true])
    assert.ok(last.rows.verdicts > traffic.published())
  })

  test('a replay that is killed in its swap costs nothing', { timeout: 200_000 }, async () => {
    const site = `busy-${randomUUID().slice(0, 8)}`
    const traffic = startTraffic(site, 2_000_000)
    const child = spawn(process.execPath, ['src/cli/main.ts', 'replay', '--data-dir', engine.dataDir], {
      cwd: root,
    })
    undo(async () => child.kill('SIGKILL'))
    const ended = once(child, 'exit')
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('swapping')) child.kill('SIGKILL')
    })
    const [, signal] = await ended
    await traffic.stop()
    assert.equal(signal, 'SIGKILL', said)
    await untilStored(site, traffic.published())
    assert.equal(objectOf(await osteostream('replay', '--json')).replay.equal, true)
  })

  test('a database that no replay has made is left alone', async () => {
    await change('CREATE DATABASE IF NOT EXISTS somebody_elses')
    for (const name of ['osteostream', 'somebody_elses', 'No Name']) {
      const refused = await osteostream('replay', '--into', name)
      assert.equal(refused.code, 2, name)
      assert.match(refused.stderr, /DATABASE_IN_USE.*\n.*--into/)
    }
  })
})
