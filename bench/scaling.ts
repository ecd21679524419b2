/**
 * Films a second of one and of two screening processes, each on a core of its own, over a preloaded backlog with models
 * that weigh 150 CPU-ms a film or more: in turn, with what the broker takes of the cores.
 */
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { verdictsTopic } from '../src/contracts/topics.ts'
import type { KafkaAdmin } from '../src/runtime/kafka/types.ts'
import { drawFilms, publishBacklog } from './film-backlog.ts'
import { writeHeavyModels } from './heavy-models.ts'
import { openMeasuredEngine } from './open-measured-engine.ts'
import { cpuSecondsOf, type RoleProcess, startRole } from './role-process.ts'
import { spreadOf, withServices } from './support.ts'

/** Of InceptionV3, at about 22 CPU-ms a film each. */
const copies = 8
const turns = 3
/** Films of a turn for each process: those at the beginning warm it, those at the end find partitions empty. */
const filmsEach = 120
const warmFilms = 24
const measuredShare = 0.7
const shippedModels = resolve(import.meta.dirname, '..', 'models')

/** What one turn found; CPU as a share of one core. */
type Turn = {
  readonly filmsPerS: number
  readonly cpuMsAFilm: number
  /** Of its own core, for each screening process: below 1 something else was on it. */
  readonly screeningCores: readonly number[]
  readonly brokerCores: number
}

const verdictsIn = async (admin: KafkaAdmin): Promise<number> => {
  const { end } = await admin.bounds(verdictsTopic.name)
  return [...end.values()].reduce((sum, offset) => sum + Number(offset), 0)
}

const atLeast = async (
  admin: KafkaAdmin,
  wanted: number,
  running: readonly RoleProcess[],
): Promise<number> => {
  for (;;) {
    for (const { requireUp } of running) requireUp()
    const found = await verdictsIn(admin)
    if (found >= wanted) return found
    await delay(100)
  }
}

type Bench = {
  readonly admin: KafkaAdmin
  readonly brokerPid: number
  readonly start: (core: number) => RoleProcess
  readonly publish: (films: number) => Promise<void>
}

/** Screens a backlog with that many processes, from their first films to where the last partitions run dry. */
const turnWith = async (processes: number, { admin, brokerPid, start, publish }: Bench): Promise<Turn> => {
  const before = await verdictsIn(admin)
  const films = filmsEach * processes
  await publish(films)
  const running = Array.from({ length: processes }, (_, core) => start(core))
  const cpu = () => Promise.all([...running.map(({ pid }) => pid), brokerPid].map(cpuSecondsOf))
  const first = await atLeast(admin, before + warmFilms * processes, running)
  const [began, cpuBefore] = [performance.now(), await cpu()]
  const last = await atLeast(admin, before + Math.round(measuredShare * films), running)
  const seconds = (performance.now() - began) / 1000
  const used = (await cpu()).map((total, index) => total - (cpuBefore[index] ?? 0))
  await atLeast(admin, before + films, running)
  await Promise.all(running.map(({ stop }) => stop()))
  const [broker = 0, screening] = [used.at(-1), used.slice(0, -1)]
  return {
    filmsPerS: (last - first) / seconds,
    cpuMsAFilm: (1000 * screening.reduce((sum, own) => sum + own, 0)) / (last - first),
    screeningCores: screening.map((own) => own / seconds),
    brokerCores: broker / seconds,
  }
}

const summaryOf = (found: readonly Turn[]) => ({
  filmsPerS: spreadOf(found.map(({ filmsPerS }) => filmsPerS)),
  cpuMsAFilm: spreadOf(found.map(({ cpuMsAFilm }) => cpuMsAFilm)),
  screeningCores: spreadOf(found.flatMap(({ screeningCores }) => screeningCores)),
  brokerCores: spreadOf(found.map(({ brokerCores }) => brokerCores)),
})

/** Each pair of turns gives a ratio; films a CPU-second say what the machine's other work takes out of it. */
const ratiosOf = (ones: readonly Turn[], twos: readonly Turn[]) => ({
  filmsPerS: spreadOf(ones.map((one, turn) => (twos[turn]?.filmsPerS ?? 0) / one.filmsPerS)),
  twiceFilmsPerCpuS: spreadOf(ones.map((one, turn) => (2 * one.cpuMsAFilm) / (twos[turn]?.cpuMsAFilm ?? 1))),
})

export const run = () =>
  withServices(async ({ dataDir, kafka, services }) => {
    const modelsDir = await writeHeavyModels(shippedModels, join(dataDir, 'models'), copies)
    const engine = await openMeasuredEngine({ dataDir, kafka, modelsDir })
    const drawn = await drawFilms(512)
    const environment = { OSTEOSTREAM_MODELS_DIR: modelsDir, OSTEOSTREAM_SCREENING_WORKERS: '1' }
    const bench: Bench = {
      admin: engine.admin,
      brokerPid: services.kafka?.pid() ?? 0,
      start: (core) => startRole({ role: 'screen', dataDir, core, environment }),
      publish: (films) => publishBacklog(engine.publisher, drawn, films),
    }
    const ones: Turn[] = []
    const twos: Turn[] = []
    for (let turn = 0; turn < turns; turn += 1) {
      for (const [processes, found] of [
        [1, ones],
        [2, twos],
      ] as const) {
        found.push(await turnWith(processes, bench))
        console.error(JSON.stringify({ turn, processes, ...found.at(-1) }))
      }
    }
    await engine.stop()
    return {
      copies,
      filmsEach,
      one: summaryOf(ones),
      two: summaryOf(twos),
      ratioTwoToOne: ratiosOf(ones, twos),
    }
  })
