import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { z } from 'zod'
import { topics } from '../../src/contracts/topics.ts'
import type { KafkaClient } from '../../src/runtime/kafka/kafka-client.ts'
import { connectToEngine } from '../support/engine-connections.ts'
import { writeMarkedFolder } from '../support/marked-films.ts'
import { objectOf, runCommand } from '../support/run-command.ts'
import { uniqueName } from '../support/services.ts'
import { startUp } from '../support/start-up.ts'
import { tempDir } from '../support/temp-dir.ts'
import { type Undo, undoAfter } from '../support/undo.ts'
import { waitFor } from '../support/wait-for.ts'

const root = resolve(import.meta.dirname, '..', '..')

/** Names, numbers, dates of birth and UIDs of the marked films, and the day as DICOM writes it: too long for chance in a hash. */
const identifiers = /ZZMARKER|47110815|19480305|1\.2\.999\.777|20260217/

/** Takes traces and metrics as the engine exports them. */
const receiveTelemetry = async (undo: Undo) => {
  const bodies: string[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => void parts.push(part))
    request.on('end', () => {
      bodies.push(Buffer.concat(parts).toString())
      response.end('{}')
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  undo(() => new Promise((closed) => server.close(closed)))
  const { port } = server.address() as AddressInfo
  return { bodies, endpoint: `http://127.0.0.1:${port}` }
}

/** Notes every record of every topic: key, headers and value as text. */
const noteTopics = async (kafka: KafkaClient, undo: Undo) => {
  const records: { topic: string; text: string }[] = []
  const { stop } = await kafka.consume({
    topics: topics.map(({ name }) => name),
    groupId: uniqueName('marked'),
    sessionTimeoutMs: 15_000,
    fetchBytes: 4 * 1024 * 1024,
    handler: {
      assigned: () => {},
      accept: ({ topic, key, headers, value }) => {
        const text = [key, JSON.stringify(headers), Buffer.from(value).toString('latin1')].join('\n')
        records.push({ topic, text })
        return true
      },
      drain: async () => {},
    },
    onCrash: (error) => assert.fail(error),
  })
  undo(stop)
  return records
}

test('nothing that names somebody is in a topic, a table, a log, a trace or a metric', {
  timeout: 300_000,
}, async (t) => {
  const undo = undoAfter(t)
  const telemetry = await receiveTelemetry(undo)
  const environment = {
    OSTEOSTREAM_OTLP_ENDPOINT: telemetry.endpoint,
  }
  const engine = await startUp(root, environment)
  undo(engine.stop)
  const { kafka, clickhouse } = await connectToEngine(engine.dataDir, undo)
  const records = await noteTopics(kafka, undo)

  const folder = join(await tempDir(t), 'films')
  const { sent } = await writeMarkedFolder(folder)
  const words = ['ingest', folder, '--clinic', 'demo', '--json', '--data-dir', engine.dataDir]
  const answer = await runCommand(words, '', environment)
  const { files } = objectOf(answer)
  const fates = files.map(
    (file: { verdict: { kind: string } | null; kind: string }) => file.verdict?.kind ?? file.kind,
  )
  assert.equal(
    fates.filter((fate: string) => ['finding', 'rejected', 'deadLettered'].includes(fate)).length,
    sent,
  )

  await waitFor(
    'every verdict',
    () => records.filter(({ topic }) => topic === 'hip.verdicts.v1').length >= sent,
  )
  assert.ok(records.filter(({ topic }) => topic === 'hip.images.v1').length >= sent)
  for (const { topic, text } of records) assert.doesNotMatch(text, identifiers, topic)

  const named = z.object({ name: z.string() })
  const tables = await clickhouse.query(
    'SELECT name FROM system.tables WHERE database = currentDatabase()',
    {},
    named,
  )
  assert.ok(tables.length > 3)
  for (const { name } of tables) {
    const rows = await clickhouse.query(`SELECT toString(tuple(*)) AS name FROM ${name}`, {}, named)
    for (const row of rows) assert.doesNotMatch(row.name, identifiers, name)
  }

  // What ingest says of paths is for the person at the clinic, on standard output; log lines go to standard error.
  assert.match(answer.stdout, identifiers, 'the films name somebody, so the test can fail')
  assert.doesNotMatch(answer.stderr, identifiers)
  assert.doesNotMatch(engine.said(), identifiers)
  await waitFor('a trace', () => telemetry.bodies.some((body) => body.includes('receive film')))
  for (const body of telemetry.bodies) assert.doesNotMatch(body, identifiers)
})
