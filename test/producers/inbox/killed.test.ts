import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { tempDir } from '../../support/temp-dir.ts'

const child = join(import.meta.dirname, 'inbox-child.ts')

/** Runs the process and kills it -9 behind so many acknowledgements; answers what it has acknowledged. */
const runAndKill = (folder: string, films: number, killAfter: number): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const process_ = spawn(process.execPath, [child, folder, String(films)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const said: string[] = []
    createInterface({ input: process_.stdout }).on('line', (line) => {
      if (said.length < killAfter || line === 'empty') said.push(line)
      if (said.length === killAfter) process_.kill('SIGKILL')
    })
    process_.on('error', reject)
    process_.on('close', () => resolve(said))
  })

type Line = { topic: string; arrivalId: string; siteId: string; spoolId: string; sequence: number }

test('killed again and again, nothing that was acknowledged is lost, and no number is missing or used twice', {
  timeout: 120_000,
}, async (t) => {
  const folder = await tempDir(t)
  const acknowledged: string[] = []
  for (const killAfter of [1, 12, 30]) acknowledged.push(...(await runAndKill(folder, 1000, killAfter)))
  const last = await runAndKill(folder, 5, 1e9)
  assert.equal(last.at(-1), 'empty')
  acknowledged.push(...last.slice(0, -1))
  assert.equal(acknowledged.length, 1 + 12 + 30 + 5)

  const log: Line[] = (await readFile(join(folder, 'log'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  for (const topic of ['hip.images.v1', 'hip.receipts.v1']) {
    const lines = log.filter((line) => line.topic === topic)
    const published = new Set(lines.map(({ arrivalId }) => arrivalId))
    for (const line of acknowledged) assert.ok(published.has(line.replace('kept ', '')), `${topic} ${line}`)
    // A film that is published again after a kill keeps its number.
    const numberOf = new Map(lines.map((line) => [line.arrivalId, line.sequence]))
    for (const line of lines) assert.equal(numberOf.get(line.arrivalId), line.sequence)
  }
  const receipts = log.filter(({ topic }) => topic === 'hip.receipts.v1')
  const arrivalsOf = Map.groupBy(
    receipts,
    ({ siteId, spoolId, sequence }) => `${siteId} ${spoolId} ${sequence}`,
  )
  for (const [number, lines] of arrivalsOf)
    assert.equal(new Set(lines.map(({ arrivalId }) => arrivalId)).size, 1, `${number} was given twice`)
  const spools = Map.groupBy(receipts, ({ siteId, spoolId }) => `${siteId} ${spoolId}`)
  for (const [spool, lines] of spools) {
    const numbers = [...new Set(lines.map(({ sequence }) => sequence))].toSorted((a, b) => a - b)
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => index + 1),
      spool,
    )
  }
})
