import assert from 'node:assert/strict'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { imagesTopic } from '../../../src/contracts/topics.ts'
import { cutTopic } from '../../support/cut-topic.ts'
import { objectOf, runCommand } from '../../support/run-command.ts'
import { kafkaFor, startOwnServices } from '../../support/services.ts'
import { writeSimulatedFilms } from '../../support/simulated-folder.ts'
import { startUp } from '../../support/start-up.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { undoAfter } from '../../support/undo.ts'
import { waitFor } from '../../support/wait-for.ts'

const root = resolve(import.meta.dirname, '../..', '..')
const audit = ['--who', 'operator', '--why', 'retention was too short']

test('films that retention took before they were read are listed, accepted, booked, and the rest goes on', {
  timeout: 480_000,
}, async (t) => {
  const undo = undoAfter(t)
  const dataDir = await tempDir(t)
  const services = await startOwnServices(t)
  const environment = {
    OSTEOSTREAM_KAFKA_BROKERS: services.brokers,
    OSTEOSTREAM_CLICKHOUSE_URL: services.clickhouse.url,
    OSTEOSTREAM_CLICKHOUSE_USER: services.clickhouse.username,
    OSTEOSTREAM_CLICKHOUSE_PASSWORD: services.clickhouse.password,
  }
  const osteostream = (...args: string[]) => runCommand([...args, '--data-dir', dataDir], '', environment)
  const object = async (...args: string[]) => objectOf(await osteostream(...args, '--json'))
  const folder = join(dataDir, 'films')
  const [first, ...others] = await writeSimulatedFilms(folder, 6, 17)
  const send = (path: string | undefined, ...options: string[]) =>
    osteostream('ingest', path ?? '', '--clinic', 'demo', ...options)

  const before = await startUp(root, environment, dataDir)
  assert.equal((await send(first)).code, 0)
  assert.deepEqual((await object('gaps', 'list')).gaps, [])
  await before.stop()

  const admin = await kafkaFor(services).connectAdmin()
  undo(admin.stop)
  const heldUntil = (await admin.bounds(imagesTopic.name)).end
  for (const path of others) await send(path, '--wait-s', '0')
  const { end } = await admin.bounds(imagesTopic.name)
  await cutTopic(services, imagesTopic.name, end)
  const gone = [...end].map(([partition, offset]) => ({
    partition,
    records: Number(offset - (heldUntil.get(partition) ?? 0n)),
  }))
  assert.equal(
    gone.reduce((sum, { records }) => sum + records, 0),
    others.length,
  )

  const engine = await startUp(root, environment, dataDir)
  undo(engine.stop)
  const { gaps } = await object('gaps', 'list')
  const partitions = gone.filter(({ records }) => records > 0).map(({ partition }) => partition)
  assert.deepEqual(
    gaps.map(({ partition }: { partition: number }) => partition).toSorted((a: number, b: number) => a - b),
    partitions.toSorted((a, b) => a - b),
  )
  const { ledger: unbooked } = await object('ledger')
  assert.equal(unbooked.balanced, false, 'films that are gone are missing until somebody accepts that')

  for (const partition of partitions) {
    const where = ['--topic', imagesTopic.name, '--partition', String(partition)]
    const accepted = await object('gaps', 'accept', ...where, ...audit)
    assert.deepEqual(
      [accepted.booked, accepted.answered],
      [gone.find((each) => each.partition === partition)?.records, 0],
    )
    const again = await osteostream('gaps', 'accept', ...where, ...audit)
    assert.equal(again.code, 2)
    assert.match(again.stderr, /no group stands at a gap/)
  }
  assert.deepEqual((await object('gaps', 'list')).gaps, [])

  for (const path of await writeSimulatedFilms(join(dataDir, 'later'), 6, 18))
    assert.equal((await send(path)).code, 0, 'its partition goes on without a restart')
  const ledger = await waitFor('a balanced ledger', async () => {
    const found = (await object('ledger')).ledger
    return found.balanced === true && found.inFlight === 0 ? found : undefined
  })
  assert.equal(ledger.deadLettered['RECORD_EXPIRED'], others.length)
  assert.equal(ledger.lost, 0)
})
