import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createFakeClock, noFakeClock } from '../support/fake-clock.ts'
import { kafkaFor, uniqueName, useServices } from '../support/services.ts'
import { tempDir } from '../support/temp-dir.ts'
import { undoAfter } from '../support/undo.ts'
import { waitFor } from '../support/wait-for.ts'

const hourS = 3600
/** The child's session is 6 s long. */
const beyondSessionMs = 9000

type Line = { assigned?: true; committed?: number; refused?: string; crash?: string; at: number }

// kafkajs asks the machine's clock whether a heartbeat is due: set back by an hour a member sent none for an hour. Its group
// put it out, it went on reading without knowing, and every commit of it was refused.
test('a member whose clock jumps backward or forward stays one, and commits', {
  skip: noFakeClock,
}, async (t) => {
  const undo = undoAfter(t)
  const services = await useServices(t)
  const kafka = kafkaFor(services)
  const admin = await kafka.connectAdmin()
  undo(admin.stop)
  const publisher = await kafka.connectPublisher()
  undo(publisher.stop)
  const name = uniqueName('clock')
  await admin.createTopics([
    { name, partitions: 1, cleanup: 'delete', retentionMs: -1, maxMessageBytes: 1e6 },
  ])
  const clock = await createFakeClock(await tempDir(t))
  const file = fileURLToPath(new URL('../support/consume-child.ts', import.meta.url))
  const child = spawn(process.execPath, [file, services.brokers, uniqueName('group'), name], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...clock.environment },
  })
  t.after(() => child.kill('SIGKILL'))
  const lines: Line[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)))
  const publish = () =>
    publisher.publish({ name, compression: 'none' }, { key: 'k', value: new Uint8Array(1), headers: {} })
  const committed = (offset: number) =>
    waitFor(`the commit of ${offset}`, () => lines.find((line) => line.committed === offset))
  await publish()
  await committed(0)
  let offset = 1
  for (const hours of [-1, 2]) {
    await clock.set(hours * hourS)
    await delay(beyondSessionMs)
    await publish()
    const { at } = await committed(offset)
    assert.ok(Math.abs(at - Date.now() - hours * hourS * 1000) < 120_000, 'the clock has jumped')
    offset += 1
  }
  assert.equal(lines.filter((line) => line.assigned).length, 1, 'it was never put out')
  assert.deepEqual(
    lines.filter((line) => line.refused !== undefined || line.crash !== undefined),
    [],
  )
})
