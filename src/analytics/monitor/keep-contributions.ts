import { z } from 'zod'
import type { ReportWindow } from '../../contracts/report.ts'
import type { MonitorPass } from '../../contracts/window-counts.ts'
import { type ClickHouse, type Columns, countSchema, type QueryParams } from '../../runtime/clickhouse.ts'
import { finalSettings } from '../ledger/booking-sql.ts'
import {
  contributionColumns,
  contributionHash,
  contributionKey,
  contributionsSql,
} from './contribution-sql.ts'

const stateSchema = z.object({
  now: countSchema,
  tables: z.string(),
  registry: z.string(),
  pass: countSchema,
  touchedUntil: countSchema,
  lastTables: z.string(),
  lastRegistry: z.string(),
  lastInputs: z.string(),
  generation: z.number(),
})
type State = z.infer<typeof stateSchema>

/** What the last pass that was finished has left, beside what there is now; pass 0 where there was none. */
const readState = async (client: ClickHouse): Promise<State> => {
  const [state] = await client.query(
    `WITH (SELECT tuple(max(pass), argMax(touched_until, pass), argMax(tables, pass), argMax(registry, pass),
       argMax(generation, pass), argMax(inputs, pass)) FROM monitor_passes) AS last
     SELECT toUInt64(toUnixTimestamp64Milli(now64(3))) AS now,
       (SELECT toString(any(uuid)) FROM system.tables WHERE database = currentDatabase() AND name = 'verdicts') AS tables,
       (SELECT toString(groupBitXor(sipHash64(site_id, valid_from, ifNull(toString(valid_to), ''), region, time_zone, domain)))
        FROM sites FINAL) AS registry,
       last.1 AS pass, toUInt64(toUnixTimestamp64Milli(last.2)) AS touchedUntil, toString(last.3) AS lastTables,
       toString(last.4) AS lastRegistry, last.5 AS generation,
       last.6 AS lastInputs`,
    {},
    stateSchema,
  )
  if (state === undefined) throw new Error('a SELECT without a table answers one row')
  return state
}

/** A row of `touched_films` may be seen later than its time says, but not later than a request may last. */
const overlapMs = 5 * 60_000

/** Clinics that one statement takes at most when everything is made again: it bounds what ClickHouse must hold. */
const sitesAtOnce = 25

const keyColumns = contributionKey.join(', ')
const columns = contributionColumns.join(', ')

/**
 * Writes what has changed of the films for which `which` holds: contributions that are new or other than the kept ones, and
 * for those that count no more a row that says so and names nobody.
 */
const keepChanges = async (
  client: ClickHouse,
  pass: number,
  which: string,
  params: QueryParams,
): Promise<void> => {
  const kept = `film_contributions FINAL WHERE counts AND ${which}`
  const fresh = contributionsSql(which)
  await client.command(
    `INSERT INTO film_contributions (${keyColumns}, pass, counts, ${columns})
     SELECT ${keyColumns}, {pass:UInt64}, true, ${columns} FROM (${fresh})
     WHERE (${keyColumns}, ${contributionHash}) NOT IN (SELECT ${keyColumns}, ${contributionHash} FROM ${kept})
     ${finalSettings}`,
    { ...params, pass },
  )
  await client.command(
    `INSERT INTO film_contributions (${keyColumns}, pass, counts)
     SELECT ${keyColumns}, {pass:UInt64}, false FROM ${kept}
       AND (${keyColumns}) NOT IN (SELECT ${keyColumns} FROM (${fresh}))
     ${finalSettings}`,
    { ...params, pass },
  )
}

/** Takes what films that count no more have said off the disk: it may be of people who are erased. */
const forgetReplaced = async (client: ClickHouse, pass: number): Promise<void> => {
  const [found] = await client.query(
    'SELECT count() AS rows FROM film_contributions WHERE pass = {pass:UInt64} AND NOT counts',
    { pass },
    z.object({ rows: countSchema }),
  )
  if (found === undefined || found.rows === 0) return
  await client.command(
    `DELETE FROM film_contributions WHERE pass < {pass:UInt64} AND (${keyColumns}) IN (
       SELECT ${keyColumns} FROM film_contributions WHERE pass = {pass:UInt64} AND NOT counts)`,
    { pass },
  )
  await client.command('ALTER TABLE film_contributions APPLY DELETED MASK SETTINGS mutations_sync = 0')
}

const siteSchema = z.object({ site: z.string() })

const keepAll = async (client: ClickHouse, pass: number): Promise<void> => {
  const rows = await client.query(
    `SELECT site_id AS site FROM verdicts GROUP BY site UNION DISTINCT
     SELECT site_id AS site FROM history_readings GROUP BY site UNION DISTINCT
     SELECT site_id AS site FROM film_contributions GROUP BY site`,
    {},
    siteSchema,
  )
  const sites = rows.map(({ site }) => site).toSorted()
  for (let from = 0; from < sites.length; from += sitesAtOnce)
    await keepChanges(client, pass, 'site_id IN {sites:Array(String)}', {
      sites: sites.slice(from, from + sitesAtOnce),
    })
}

const keepTouched = (client: ClickHouse, pass: number, state: State): Promise<void> =>
  keepChanges(
    client,
    pass,
    `(site_id, event_id) IN (SELECT site_id, event_id FROM touched_films
       WHERE touched_at > fromUnixTimestamp64Milli({since:Int64}) AND touched_at <= fromUnixTimestamp64Milli({until:Int64}))`,
    { since: state.touchedUntil - overlapMs, until: state.now },
  )

const windowSchema = z.object({ kind: z.enum(['week', 'month']), start: z.string() })

/** The windows in which a film has come, gone or changed since a pass. */
const changedSince = (client: ClickHouse, pass: number): Promise<readonly ReportWindow[]> =>
  client.query(
    `SELECT DISTINCT part.1 AS kind, part.2 AS start FROM film_contributions
     ARRAY JOIN [('week', toString(week)), ('month', toString(month))] AS part
     WHERE pass > {pass:UInt64}
     ORDER BY kind, start`,
    { pass },
    windowSchema,
  )

type Finished = Pick<State, 'pass' | 'tables' | 'registry' | 'generation' | 'touchedUntil'> & {
  readonly inputs: string
}

const passColumns: Columns<Finished> = {
  pass: (done) => String(done.pass),
  touched_until: (done) => new Date(done.touchedUntil).toISOString(),
  tables: (done) => done.tables,
  registry: (done) => done.registry,
  inputs: (done) => done.inputs,
  generation: (done) => done.generation,
}

/**
 * Brings what each film adds up to date: films about which something was stored since the last pass, or all where the tables
 * or the registry are others. 1. Contributions are written, 2. the caller publishes what follows, 3. `finish` remembers the
 * pass. A pass that ends in between is done again: its windows are still those that changed since the last finished one.
 */
export const keepContributions = async (client: ClickHouse, inputs: string): Promise<MonitorPass> => {
  const state = await readState(client)
  const isFirst = state.pass === 0
  const isOther = !isFirst && state.tables !== state.lastTables
  const pass = Math.max(state.now, state.pass + 1)
  const isAll = isFirst || isOther || state.registry !== state.lastRegistry
  await (isAll ? keepAll(client, pass) : keepTouched(client, pass, state))
  await forgetReplaced(client, pass)
  const generation = state.generation + (isOther ? 1 : 0)
  return {
    generation,
    windows: await changedSince(client, inputs === state.lastInputs ? state.pass : 0),
    finish: () =>
      client.insert('monitor_passes', passColumns, [
        { ...state, pass, generation, inputs, touchedUntil: state.now },
      ]),
  }
}
