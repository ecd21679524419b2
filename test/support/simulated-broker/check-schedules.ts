import fc from 'fast-check'
import { runSchedule } from './run-schedule.ts'
import { anySchedule, lengthOf, type Schedule } from './schedule.ts'

/** A schedule that breaks a promise, as short as it could be made. */
export type Counterexample = {
  readonly what: string
  readonly schedule: Schedule
  /** Films and steps. */
  readonly length: number
  /** The command that runs it again. */
  readonly command: string
}

export type Checked = {
  readonly schedules: number
  readonly counts: ReadonlyMap<string, number>
  readonly counterexample: Counterexample | undefined
}

export type CheckOptions = {
  readonly schedules: number
  readonly seed: number
  /** fast-check's path to one schedule of the seed. */
  readonly path?: string | undefined
  readonly onProgress?: (schedules: number) => void
}

/** Schedules that come from one seed; the next ones come from the next seed. */
const schedulesOfASeed = 500

/** Answers with the shortest schedule of one seed that breaks a promise. */
const checkSeed = async (
  seed: number,
  schedules: number,
  path: string | undefined,
  add: (counts: ReadonlyMap<string, number>) => void,
): Promise<{ ran: number; counterexample: Counterexample | undefined }> => {
  const property = fc.asyncProperty(anySchedule, async (schedule) => {
    const { broken, counts } = await runSchedule(schedule)
    add(counts)
    if (broken !== undefined) throw new Error(broken)
  })
  const replay = path === undefined ? {} : { path, endOnFailure: true }
  const details = await fc.check(property, { seed, numRuns: schedules, ...replay })
  const [schedule] = details.counterexample ?? []
  if (!details.failed || schedule === undefined) return { ran: details.numRuns, counterexample: undefined }
  const what = details.errorInstance instanceof Error ? details.errorInstance.message : 'it failed'
  const command = `npm run soak -- --seed ${seed} --path ${details.counterexamplePath ?? ''} --trace`
  return { ran: details.numRuns, counterexample: { what, schedule, length: lengthOf(schedule), command } }
}

/** Runs schedules until one breaks a promise. */
export const checkSchedules = async (options: CheckOptions): Promise<Checked> => {
  const counts = new Map<string, number>()
  const add = (more: ReadonlyMap<string, number>): void => {
    for (const [what, count] of more) counts.set(what, (counts.get(what) ?? 0) + count)
  }
  let schedules = 0
  for (let seed = options.seed; schedules < options.schedules; seed += 1) {
    const next = Math.min(schedulesOfASeed, options.schedules - schedules)
    const { ran, counterexample } = await checkSeed(seed, next, options.path, add)
    schedules += ran
    options.onProgress?.(schedules)
    if (counterexample !== undefined) return { schedules, counts, counterexample }
    if (options.path !== undefined) break
  }
  return { schedules, counts, counterexample: undefined }
}
