import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { z } from 'zod'
import { imagesTopic, verdictsTopic } from '../../../src/contracts/topics.ts'
import { cutTopic } from '../../support/cut-topic.ts'
import { connectToEngine } from '../../support/engine-connections.ts'
import { objectOf, runCommand } from '../../support/run-command.ts'
import { writeSimulatedFilms } from '../../support/simulated-folder.ts'
import { type RunningEngine, startUp } from '../../support/start-up.ts'
import { undoAfter } from '../../support/undo.ts'
import { waitFor } from '../../support/wait-for.ts'

const root = resolve(import.meta.dirname, '../..', '..')
const always = ['--from', '2026-01-01', '--to', '2999-01-01']
const audit = ['--who', 'operator', '--why', 'for a test']
const positionSchema = z.object({ arrivalId: z.string(), partition: z.number(), offset: z.coerce.bigint() })

describe('reading films again, as an operator does', () => {
  const undo = undoAfter({ after })
  let engine: RunningEngine
  let connections: Awaited<ReturnType<typeof connectToEngine>>
  let broken: string
  const osteostream = (...args: string[]) => runCommand([...args, '--data-dir', engine.dataDir])
  const object = async (...args: string[]) => objectOf(await osteostream(...args, '--json'))
  const change = (sql: string) => connections.clickhouse.command(`${sql} SETTINGS mutations_sync = 2`)
  const rescreened = async (...options: string[]) => {
    const answer = await osteostream('rescreen', ...always, ...options, '--json')
    return { code: answer.code, ...objectOf(answer).rescreen }
  }
  const findings = () =>
    connections.clickhouse.query(
      `SELECT toString(arrival_id) AS arrivalId, image_partition AS partition, image_offset AS offset
       FROM verdicts FINAL WHERE kind = 'finding' ORDER BY arrivalId`,
      {},
      positionSchema,
    )

  before(async () => {
    engine = await startUp(root)
    undo(engine.stop)
    connections = await connectToEngine(engine.dataDir, undo)
    const folder = join(engine.dataDir, 'films')
    await writeSimulatedFilms(folder, 5, 13)
    const preamble = new Uint8Array(400)
    preamble.set(new TextEncoder().encode('DICM'), 128)
    await writeFile(join(folder, 'broken.dcm'), preamble)
    const { files } = await object('ingest', folder, '--clinic', 'demo')
    const letter = files.find(({ verdict }: { verdict: { kind: string } }) => verdict.kind === 'deadLettered')
    broken = letter.answer.arrivalId
  })

  test('the same packages give the same probabilities, and no verdict is published', async () => {
    const endOf = async () => (await connections.admin.bounds(verdictsTopic.name)).end
    const before = await endOf()
    const found = await rescreened()
    assert.equal(found.code, 0)
    assert.equal(found.films, (await findings()).length)
    assert.ok(found.films >= 3 && found.readings.same >= found.films, JSON.stringify(found))
    assert.deepEqual(
      { ...found.readings, same: 0 },
      { same: 0, differs: 0, otherProvider: 0, payloadExpired: 0, packageMissing: 0 },
    )
    assert.ok(found.maxDifference <= found.tolerance && found.tolerance === 1e-4)
    assert.deepEqual(await endOf(), before)
    assert.equal((await rescreened('--model', 'nobody@1.0.0')).films, 0)
    const wrong = await osteostream('rescreen', '--from', 'yesterday', '--to', '2999-01-01')
    assert.notEqual(wrong.code, 0)
    assert.match(wrong.stderr, /must be a day or an instant/)
  })

  test('a probability that differs, a package that is gone and another provider are told apart', async () => {
    const [altered, gone, other, cut] = (await findings()).map(({ arrivalId }) => arrivalId)
    await change(`ALTER TABLE findings UPDATE p_normal = p_normal + 0.001 WHERE arrival_id = '${altered}'`)
    await change(`ALTER TABLE findings UPDATE weights_digest = repeat('0', 64) WHERE arrival_id = '${gone}'`)
    await change(`ALTER TABLE verdicts UPDATE provider = 'cuda' WHERE arrival_id = '${other}'`)
    await change(
      `ALTER TABLE verdicts UPDATE finder_digest = repeat('0', 64) WHERE arrival_id = '${cut ?? gone}'`,
    )
    const found = await rescreened()
    assert.equal(found.code, 1)
    for (const result of ['same', 'differs', 'otherProvider', 'packageMissing'])
      assert.ok(found.readings[result] > 0, `${result}: ${JSON.stringify(found.readings)}`)
    assert.deepEqual(
      [...new Set(found.differences.map(({ arrivalId }: { arrivalId: string }) => arrivalId))],
      [altered],
    )
    assert.ok(Math.abs(found.maxDifference - 0.001) < 1e-4)
    const mended = await osteostream('replay', '--mend')
    assert.equal(mended.code, 0, mended.stderr)
    assert.equal((await rescreened()).readings.differs, 0, 'the topics have what was read')
  })

  test('a requeue keeps the arrival and adds an attempt', async () => {
    const before = await object('ledger')
    const asked = await osteostream('dead-letters', 'requeue', broken, ...audit)
    assert.match(asked.stdout, /requeued as attempt 2/, asked.stderr)
    const letter = await waitFor('its second verdict', async () => {
      const { deadLetters } = await object('dead-letters', 'list')
      return deadLetters.find(({ attempt }: { attempt: number }) => attempt === 2)
    })
    assert.equal(letter.arrivalId, broken)
    assert.equal(letter.code, 'FILE_CORRUPT')
    assert.deepEqual((await object('ledger')).ledger.deadLettered, before.ledger.deadLettered)
  })

  test('what retention has taken is expired, for a rescreen and for a requeue', async () => {
    const { end } = await connections.admin.bounds(imagesTopic.name)
    const brokers = connections.services.kafka.brokers.join(',')
    await cutTopic({ brokers }, imagesTopic.name, end)
    const found = await rescreened()
    assert.equal(found.code, 0)
    assert.deepEqual([found.readings.same, found.films], [0, (await findings()).length])
    assert.ok(found.readings.payloadExpired >= found.films)
    const refused = await osteostream('dead-letters', 'requeue', broken, ...audit)
    assert.equal(refused.code, 1)
    assert.match(refused.stdout, new RegExp(`${broken}: PAYLOAD_EXPIRED`))
  })
})
