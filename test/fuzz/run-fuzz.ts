/**
 * `npm run fuzz -- --seed S [--seconds N]`: damaged films through header, de-identification and decoding, in a thread as
 * in the engine. Prints what became of them by encoding and structure; ends with 1 where one was thrown at, hung, killed
 * its thread, or left the clinic with other pixels than it came with.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import type { Fate, FuzzMessage } from './fuzz-worker.ts'
import { structures } from './mutate.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '60' },
    from: { type: 'string', default: '0' },
  },
})
const seed = Number(values.seed)
const limitMs = Number(values.seconds) * 1000

/** No mutant of a small film takes as long; the engine gives a film more. */
const hangMs = 20_000
/** Decoders and thread, once warm, need no more than this on top. */
const growthLimitMb = 400

const cells = new Map<string, Record<Fate, number>>()
const faults: string[] = []
let slowest = { ms: 0, mutant: '' }
let mutants = 0
let replaced = 0
let began = { mutant: '', atMs: performance.now() }
let warmMb: number | undefined

const rssMb = (): number => process.memoryUsage().rss / 1024 ** 2

const take = (message: FuzzMessage): void => {
  if (message.kind === 'begins') {
    began = { mutant: message.mutant, atMs: performance.now() }
    return
  }
  const { encoding, structure, fate, detail, ms, mutant } = message
  const cell = cells.get(`${encoding}|${structure}`) ?? { read: 0, refused: 0, fault: 0 }
  cell[fate] += 1
  cells.set(`${encoding}|${structure}`, cell)
  if (fate === 'fault') faults.push(`mutant ${mutant}: ${detail}`)
  if (ms > slowest.ms) slowest = { ms, mutant }
  mutants += 1
  if (mutants === 400) warmMb = rssMb()
}

const open = (from: number): Worker => {
  const worker = new Worker(join(import.meta.dirname, 'fuzz-worker.ts'), {
    workerData: { seed, from, step: 1 },
  })
  worker.on('message', take)
  worker.on('error', (error) => {
    faults.push(`mutant ${began.mutant}: the thread died: ${error.message}`)
    replaced += 1
    worker.removeAllListeners()
    current = open(Number.parseInt(began.mutant, 10) + 1)
  })
  return worker
}

let current = open(Number(values.from))
const started = performance.now()
while (performance.now() - started < limitMs) {
  await new Promise((resolve) => setTimeout(resolve, 200))
  if (mutants > 0 && performance.now() - began.atMs > hangMs) {
    faults.push(`mutant ${began.mutant}: hangs`)
    replaced += 1
    await current.terminate()
    current = open(Number.parseInt(began.mutant, 10) + 1)
    began = { ...began, atMs: performance.now() }
  }
}
await current.terminate()

const encodings = [...new Set([...cells.keys()].map((key) => key.split('|')[0] ?? ''))]
console.log(`seed ${seed}: ${mutants} mutants; read/refused in each cell`)
console.log(['encoding'.padEnd(28), ...structures.map((name) => name.padStart(11))].join(''))
for (const encoding of encodings) {
  const row = structures.map((structure) => {
    const cell = cells.get(`${encoding}|${structure}`)
    return (cell === undefined ? '-' : `${cell.read}/${cell.refused}`).padStart(11)
  })
  console.log([encoding.padEnd(28), ...row].join(''))
}
const grownMb = warmMb === undefined ? 0 : rssMb() - warmMb
console.log(
  `slowest ${slowest.ms.toFixed(0)} ms, mutant ${slowest.mutant}; threads replaced ${replaced}; memory ${grownMb >= 0 ? '+' : ''}${grownMb.toFixed(0)} MB since mutant 400`,
)
if (grownMb > growthLimitMb) faults.push(`memory grew by ${grownMb.toFixed(0)} MB`)
for (const fault of faults.slice(0, 50)) console.log(fault)
process.exit(faults.length === 0 ? 0 : 1)
