import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import type { Receipt } from '../../src/contracts/receipt.ts'
import { receiptsTopic } from '../../src/contracts/topics.ts'
import { decodeJsonEvent } from '../../src/runtime/json-event.ts'
import { findPython } from './find-python.ts'

const script = resolve(import.meta.dirname, '..', '..', 'examples', 'producer-python', 'send_films.py')
/** A Python that can run the example. */
const python = findPython('cryptography')
/** Why the example cannot be run here, or false. */
export const skip = python === undefined && 'no Python with the module cryptography: the example is NOT run'

/** Runs the command of the example. */
export const runProducer = (...flags: string[]) =>
  spawnSync(python ?? '', ['-B', script, ...flags], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })

/** A line that the example writes for a record. */
export const lineSchema = z.object({
  topic: z.string(),
  key: z.string(),
  partition: z.int(),
  headers: z.record(z.string(), z.string()),
  value: z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64'))),
})
export type Line = z.infer<typeof lineSchema>

/** The receipt in a record, as the engine's sink reads it. */
export const receiptOf = (line: Line): Receipt => {
  const decoded = decodeJsonEvent(receiptsTopic, { ...line, offset: 0n, timestampMs: 0 })
  assert.ok(decoded.kind === 'ok', JSON.stringify(decoded))
  return decoded.data
}

/** Runs Python code with the folder of the example as its first argument. */
export const runCode = (code: string, ...flags: string[]) =>
  spawnSync(python ?? '', ['-B', '-c', code, dirname(script), ...flags], { encoding: 'utf8' })
