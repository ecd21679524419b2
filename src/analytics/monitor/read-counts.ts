import { z } from 'zod'
import { figureDomains } from '../../contracts/prevalence-figures.ts'
import { type ReportScope, type ReportWindow, scopeKinds } from '../../contracts/report.ts'
import { densityClasses } from '../../contracts/verdict.ts'
import type { ControlSum, MonitorReader, ReaderEdges, WindowCounts } from '../../contracts/window-counts.ts'
import { type ClickHouse, countSchema } from '../../runtime/clickhouse.ts'
import { controlsSql, countsSql } from './counts-sql.ts'
import { keepContributions } from './keep-contributions.ts'

const scopeColumns = {
  windowStart: z.string(),
  scope_kind: z.enum(scopeKinds),
  scope_id: z.string(),
  domain: z.enum(figureDomains),
}

const densityClass = z.enum(['', ...densityClasses]).transform((name) => (name === '' ? undefined : name))

const rowSchema = z.object({
  ...scopeColumns,
  part: z.enum(['people', 'scores', 'clinics']),
  model_digest: z.string(),
  finder_digest: z.string(),
  site_id: z.string(),
  sex: z.string(),
  age_band: z.string(),
  reason: z.string(),
  density_class: densityClass,
  without_vote: z.string(),
  bin: z.number(),
  people: countSchema,
  filmCount: countSchema,
  implausibleFilms: countSchema,
  linkedPeople: countSchema,
})
type Row = z.infer<typeof rowSchema>

const controlSchema = z.object({
  ...scopeColumns,
  name: z.string(),
  films: countSchema,
  sum: z.string().transform(BigInt),
  squares: z.string().transform(BigInt),
})

type Scoped = Pick<Row, 'windowStart' | 'scope_kind' | 'scope_id' | 'domain'>
const keyOf = (row: Scoped): string => `${row.windowStart} ${row.scope_kind} ${row.domain} ${row.scope_id}`

const sumOf = (rows: readonly Row[], name: 'filmCount' | 'implausibleFilms' | 'linkedPeople'): number =>
  rows.reduce((sum, row) => sum + row[name], 0)

const readerOf = (row: Row) => ({ modelDigest: row.model_digest, finderDigest: row.finder_digest })

const countsOf = (
  kind: ReportWindow['kind'],
  rows: readonly Row[],
  controls: readonly ControlSum[],
): WindowCounts[] => {
  const [first] = rows
  if (first === undefined) return []
  const scope: ReportScope = { kind: first.scope_kind, id: first.scope_id }
  const of = (part: Row['part']): readonly Row[] => rows.filter((row) => row.part === part)
  return [
    {
      scope,
      window: { kind, start: first.windowStart },
      domain: first.domain,
      people: of('people').map((row) => ({
        ...readerOf(row),
        sex: row.sex,
        ageBand: row.age_band,
        reason: row.reason,
        densityClass: row.density_class,
        withoutVote: row.without_vote,
        people: row.people,
      })),
      // Whoever has no vote has no score either.
      scores: of('scores')
        .filter(({ model_digest }) => model_digest !== '')
        .map((row) => ({ ...readerOf(row), bin: row.bin, people: row.people })),
      clinics: of('clinics').map((row) => ({
        siteId: row.site_id,
        densityClass: row.density_class,
        people: row.people,
      })),
      controls,
      films: sumOf(of('people'), 'filmCount'),
      implausibleFilms: sumOf(of('people'), 'implausibleFilms'),
      linkedPeople: sumOf(of('people'), 'linkedPeople'),
    },
  ]
}

/** Reads the counts of windows of one kind; `films` is what stands in FROM, the kept contributions where not given. */
export const readCountsOf = async (
  client: ClickHouse,
  windows: readonly ReportWindow[],
  edges: readonly ReaderEdges[],
  films?: string,
): Promise<readonly WindowCounts[]> => {
  const [first] = windows
  if (first === undefined) return []
  const { kind } = first
  const params = { starts: windows.filter((window) => window.kind === kind).map(({ start }) => start) }
  const rows = await client.query(countsSql(kind, edges, films), params, rowSchema)
  const sums = await client.query(controlsSql(kind, films), params, controlSchema)
  const controls = Map.groupBy(sums, keyOf)
  return [...Map.groupBy(rows, keyOf)].flatMap(([key, own]) =>
    countsOf(
      kind,
      own,
      (controls.get(key) ?? []).map(({ name, films: count, sum, squares }) => ({
        name,
        films: count,
        sum,
        sumOfSquares: squares,
      })),
    ),
  )
}

/** Films that are counted at once at most, as long as no single window has more: it bounds what ClickHouse must hold. */
const filmsAtOnce = 500_000

const sizeSchema = z.object({ kind: z.enum(['week', 'month']), start: z.string(), films: countSchema })

const batchesOf = async (
  client: ClickHouse,
  windows: readonly ReportWindow[],
): Promise<readonly (readonly ReportWindow[])[]> => {
  if (windows.length === 0) return []
  const rows = await client.query(
    `SELECT part.1 AS kind, part.2 AS start, count() AS films FROM film_contributions
     ARRAY JOIN [('week', toString(week)), ('month', toString(month))] AS part GROUP BY kind, start`,
    {},
    sizeSchema,
  )
  const sizes = new Map(rows.map(({ kind, start, films }) => [`${kind} ${start}`, films]))
  const batches: ReportWindow[][] = []
  let room = 0
  for (const window of windows) {
    const size = sizes.get(`${window.kind} ${window.start}`) ?? 0
    const last = batches.at(-1)
    if (last !== undefined && last[0]?.kind === window.kind && size <= room) last.push(window)
    else {
      batches.push([window])
      room = filmsAtOnce
    }
    room -= size
  }
  return batches
}

/** Opens the monitor's view of the tables. */
export const openMonitorReader = (client: ClickHouse): MonitorReader => ({
  beginPass: (inputs) => keepContributions(client, inputs),
  batchesOf: (windows) => batchesOf(client, windows),
  readCounts: (windows, edges) => readCountsOf(client, windows, edges),
})
