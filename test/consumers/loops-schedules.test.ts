import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkSchedules } from '../support/simulated-broker/check-schedules.ts'
import { runSchedule } from '../support/simulated-broker/run-schedule.ts'
import type { Schedule } from '../support/simulated-broker/schedule.ts'

const schedules = Number(process.env['SIMULATION_SCHEDULES'] ?? 2500)
const seed = Number(process.env['SIMULATION_SEED'] ?? 1)

test('no schedule of faults makes the loops lose, double, overtake or overfill', async (t) => {
  const checked = await checkSchedules({ schedules, seed })
  t.diagnostic(`${checked.schedules} schedules from seed ${seed} (SIMULATION_SEED, SIMULATION_SCHEDULES)`)
  t.diagnostic([...checked.counts].map(([what, count]) => `${what} ${count}`).join(', '))
  assert.equal(checked.counterexample, undefined, JSON.stringify(checked.counterexample, null, 1))
  assert.equal(checked.schedules, schedules)
})

const film = {
  atMs: 0,
  film: 0,
  pixels: 0,
  bytes: 10,
  isStored: false,
  screenMs: 500,
  fate: 'finding',
  sending: 'once',
  kind: 'film',
} as const
const quiet: Schedule = { processes: 1, budgetBytes: 1000, fetchRecords: 4, films: [film], steps: [] }

test('the simulation does what it is told', async () => {
  const lines: string[] = []
  const steps = [
    { do: 'kill', atMs: 100, slot: 0, downMs: 100 },
    { do: 'spoil', atMs: 0, port: 'publish', fault: 'loseAck', ms: 0, count: 2 },
  ] as const
  const { broken, counts } = await runSchedule({ ...quiet, steps }, (line) => lines.push(line))
  assert.equal(broken, undefined)
  assert.equal(counts.get('films screened'), 2, 'once before the kill and once after it')
  assert.equal(counts.get('verdicts stored'), 3, 'two without an acknowledgement')
  const again: string[] = []
  await runSchedule({ ...quiet, steps }, (line) => again.push(line))
  assert.deepEqual(again, lines, 'the same schedule runs in the same way')
})
