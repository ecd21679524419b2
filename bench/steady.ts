/**
 * Ten minutes under load: memory and open descriptors of a screening process, a sink and both services, and their slopes
 * once warm. Films come as fast as they are screened.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { backlogOf, measureOffsets } from '../src/roles/measure-offsets.ts'
import { drawFilms, publishBacklog } from './film-backlog.ts'
import { openMeasuredEngine } from './open-measured-engine.ts'
import { descriptorsOf, residentMb, startRole } from './role-process.ts'
import { type Sample, slopeAMinute } from './slope.ts'
import { quartersOf, spreadOf, withServices } from './support.ts'

const lastsS = 600
/** Heaps, thread pools and caches of the services fill first. */
const warmS = 180
const sampleS = 5
const filmsAtOnce = 100
const mostWaiting = 200

type Series = { readonly memory: Sample[]; readonly descriptors: Sample[] }

const round = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : Number(value.toPrecision(3))

const mediansByQuarter = (samples: readonly Sample[]): number[] =>
  quartersOf(samples.map(({ value }) => value)).map(({ median }) => median)

const summaryOf = ({ memory, descriptors }: Series) => {
  const warm = (samples: readonly Sample[]) => samples.filter(({ atS }) => atS >= warmS)
  return {
    residentMb: spreadOf(warm(memory).map(({ value }) => value)),
    residentMbByQuarter: mediansByQuarter(warm(memory)),
    residentMbAMinute: round(slopeAMinute(warm(memory))),
    descriptors: spreadOf(warm(descriptors).map(({ value }) => value)),
    descriptorsByQuarter: mediansByQuarter(warm(descriptors)),
    descriptorsAMinute: round(slopeAMinute(warm(descriptors))),
  }
}

const look = async (atS: number, pid: number, { memory, descriptors }: Series): Promise<void> => {
  memory.push({ atS, value: await residentMb(pid) })
  descriptors.push({ atS, value: await descriptorsOf(pid) })
}

/** Looks at every process until the time is over; answers what it saw. */
const watch = async (pids: Readonly<Record<string, number>>, requireUp: () => void) => {
  const series = Object.fromEntries(
    Object.keys(pids).map((name): [string, Series] => [name, { memory: [], descriptors: [] }]),
  )
  const began = performance.now()
  for (;;) {
    const atS = (performance.now() - began) / 1000
    if (atS >= lastsS) return series
    requireUp()
    for (const [name, pid] of Object.entries(pids)) {
      const own = series[name]
      if (own !== undefined) await look(atS, pid, own)
    }
    await delay(sampleS * 1000)
  }
}

export const run = () =>
  withServices(async ({ dataDir, kafka, services }) => {
    const engine = await openMeasuredEngine({ dataDir, kafka })
    const drawn = await drawFilms(320)
    const environment = { OSTEOSTREAM_CLICKHOUSE_DATABASE: 'bench' }
    const screening = startRole({ role: 'screen', dataDir, environment })
    const sink = startRole({ role: 'sink', dataDir, environment })
    let isOver = false
    const feeding = (async () => {
      while (!isOver) {
        const { unscreened } = backlogOf(await measureOffsets(engine.admin))
        if (unscreened < mostWaiting) await publishBacklog(engine.publisher, drawn, filmsAtOnce)
        else await delay(100)
      }
    })()
    const series = await watch(
      {
        screening: screening.pid,
        sink: sink.pid,
        kafka: services.kafka?.pid() ?? 0,
        clickhouse: services.clickhouse?.pid() ?? 0,
      },
      () => {
        screening.requireUp()
        sink.requireUp()
      },
    ).finally(() => {
      isOver = true
    })
    await feeding
    const films = await engine.screenedFilms()
    await Promise.all([screening.stop(), sink.stop()])
    await engine.stop()
    return {
      seconds: lastsS,
      warmS,
      films,
      filmsPerS: Number((films / lastsS).toFixed(1)),
      ...Object.fromEntries(Object.entries(series).map(([name, seen]) => [name, summaryOf(seen)])),
    }
  })
