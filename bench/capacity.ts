/**
 * How much is needed for how many films: `npm run capacity`. Measured figures of `bench/results` go through a small queueing
 * simulation of a year's busiest week; `docs/capacity.md` holds what it printed.
 */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { type Load, needOf, type Speed, waitsOf } from './capacity/queue.ts'

const results = resolve(import.meta.dirname, 'results')
const median = z.object({ median: z.number() })
const read = <Schema extends z.ZodType>(name: string, schema: Schema): z.infer<Schema> =>
  schema.parse(JSON.parse(readFileSync(join(results, `${name}.json`), 'utf8')))

const scaling = read('scaling', z.object({ scaling: z.object({ one: z.object({ filmsPerS: median }) }) }))
const sink = read('sink', z.object({ sink: z.object({ fromKafkaRowsPerS: median }) }))
const backlog = read('backlog', z.object({ backlog: z.object({ megabytesAFilm: z.number() }) }))

/** A pod of one core, as measured with one screening process on one core. */
const speed: Speed = {
  filmsPerSAPod: scaling.scaling.one.filmsPerS.median,
  rowsPerSASink: sink.sink.fromKafkaRowsPerS.median,
  megabytesAFilm: backlog.backlog.megabytesAFilm,
}

const loads: readonly Load[] = [
  { name: '1 million films a year', filmsAYear: 1_000_000, backfillFilms: 0 },
  { name: '10 million films a year', filmsAYear: 10_000_000, backfillFilms: 0 },
  { name: '72 hours of backfill of 1 million films', filmsAYear: 1_000_000, backfillFilms: 1_000_000 },
]

const rows = loads.map((load) => {
  const need = needOf(load, speed)
  return { load: load.name, ...need, ...waitsOf(load, need.pods, speed) }
})
const names = Object.keys(rows[0] ?? {})
console.log(`| ${names.join(' | ')} |\n| ${names.map(() => '---').join(' | ')} |`)
for (const row of rows)
  console.log(
    `| ${Object.values(row)
      .map((value) => (typeof value === 'number' ? String(Number(value.toPrecision(3))) : value))
      .join(' | ')} |`,
  )
