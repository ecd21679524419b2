/** `npm run soak`: runs the consumer loops through simulated schedules of faults until one breaks a promise. */
import { parseArgs } from 'node:util'
import { messageOf } from '../src/runtime/errors.ts'
import { checkSchedules } from '../test/support/simulated-broker/check-schedules.ts'
import { runSchedule } from '../test/support/simulated-broker/run-schedule.ts'

const help = `npm run soak -- [options]

Drives the screening loop and the sink loop with a simulated broker, store and clock that redeliver, rebalance,
lose acknowledgements, freeze and kill, and checks every run against an offline oracle.

  --schedules N   how many schedules to run (default 20000)
  --seed S        where to begin (default: drawn from the clock, and printed)
  --path P        run the one schedule of the seed that a failure has named
  --trace         tell what happens in that schedule, line by line
  --json          one JSON object on standard output instead of text
  --help          this text

Exit status 0 when every promise held, 1 when one was broken, 2 when an option is wrong.`

const options = {
  schedules: { type: 'string', default: '20000' },
  seed: { type: 'string', default: String(Math.floor(Date.now() / 1000)) },
  path: { type: 'string' },
  trace: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

const fail = (message: string): never => {
  console.error(`${message}; see npm run soak -- --help`)
  process.exit(2)
}

const readOptions = () => {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    return fail(messageOf(error))
  }
}

const numberOf = (name: string, text: string, least: number): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < least)
    return fail(`--${name} takes a whole number from ${least}, not "${text}"`)
  return value
}

const given = readOptions()
if (given.help) {
  console.log(help)
  process.exit(0)
}
const schedules = numberOf('schedules', given.schedules, 1)
const seed = numberOf('seed', given.seed, 0)
if (given.path !== undefined && !/^\d+(:\d+)*$/.test(given.path)) fail('--path takes numbers with colons')
const say = (line: string): void => {
  if (!given.json) console.log(line)
}

say(`soak: ${given.path === undefined ? schedules : 'one of the'} schedules from seed ${seed}`)
const began = performance.now()
const { counts, counterexample, ...checked } = await checkSchedules({
  schedules,
  seed,
  path: given.path,
  onProgress: (ran) => {
    if (ran % 5000 === 0) say(`soak: ${ran} schedules, ${Math.round((performance.now() - began) / 1000)} s`)
  },
})
const seconds = Number(((performance.now() - began) / 1000).toFixed(1))
if (given.trace && counterexample !== undefined) await runSchedule(counterexample.schedule, say)
if (given.json)
  console.log(
    JSON.stringify({
      seed,
      schedules: checked.schedules,
      seconds,
      counts: Object.fromEntries(counts),
      counterexample,
    }),
  )
for (const [what, count] of counts) say(`  ${what}: ${count}`)
if (counterexample === undefined)
  say(`soak: ${checked.schedules} schedules in ${seconds} s, no promise broken`)
else {
  say(`soak: broken after ${checked.schedules} schedules: ${counterexample.what}`)
  say(JSON.stringify(counterexample.schedule, null, 1))
  say(`again: ${counterexample.command}`)
}
process.exit(counterexample === undefined ? 0 : 1)
