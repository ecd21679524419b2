import { z } from 'zod'
import {
  type Report,
  type ReportScope,
  type ReportWindow,
  reportSchema,
  scopeKinds,
} from '../../contracts/report.ts'
import { type ClickHouse, countSchema } from '../../runtime/clickhouse.ts'

/** Which reports are asked for; all where nothing is said. */
export type ReportQuery = {
  readonly scope?: Partial<ReportScope>
  readonly window?: Partial<ReportWindow>
  readonly method?: string
}

const json = z.string().transform((text): unknown => JSON.parse(text))

const rowSchema = z
  .object({
    reportId: z.string(),
    scopeKind: z.enum(scopeKinds),
    scopeId: z.string(),
    windowKind: z.enum(['week', 'month']),
    windowStart: z.string(),
    method: z.string(),
    methodVersion: z.number(),
    revision: z.number(),
    provisional: z.boolean(),
    madeAt: z.string(),
    cut: json,
    body: json,
  })
  .transform(
    ({ scopeKind, scopeId, windowKind, windowStart, ...row }): Report =>
      reportSchema.parse({
        ...row,
        scope: { kind: scopeKind, id: scopeId },
        window: { kind: windowKind, start: windowStart },
      }),
  )

const columns = `toString(report_id) AS reportId, scope_kind AS scopeKind, scope_id AS scopeId, window_kind AS windowKind,
  toString(window_start) AS windowStart, method, method_version AS methodVersion, revision, provisional, made_at AS madeAt,
  cut, body`

const key = 'scope_kind, scope_id, window_kind, window_start, method'

const wanted = `({scopeKind:String} = '' OR scope_kind = {scopeKind:String})
  AND ({anyScope:Bool} OR scope_id = {scopeId:String})
  AND ({windowKind:String} = '' OR window_kind = {windowKind:String})
  AND ({start:String} = '' OR toString(window_start) = {start:String})
  AND ({method:String} = '' OR method = {method:String})`

const paramsOf = ({ scope = {}, window = {}, method = '' }: ReportQuery) => ({
  scopeKind: scope.kind ?? '',
  anyScope: scope.id === undefined,
  scopeId: scope.id ?? '',
  windowKind: window.kind ?? '',
  start: window.start ?? '',
  method,
})

/** Reads the current revision of each report: the highest; of two of one number that with the lower id. */
export const readCurrentReports = (client: ClickHouse, query: ReportQuery = {}): Promise<readonly Report[]> =>
  client.query(
    `SELECT ${columns} FROM reports FINAL WHERE ${wanted}
     ORDER BY ${key}, revision DESC, report_id LIMIT 1 BY ${key}`,
    paramsOf(query),
    rowSchema,
  )

/** Reads every revision of the reports that are asked for, the oldest first. */
export const readRevisions = (client: ClickHouse, query: ReportQuery = {}): Promise<readonly Report[]> =>
  client.query(
    `SELECT ${columns} FROM reports FINAL WHERE ${wanted} ORDER BY ${key}, revision, report_id`,
    paramsOf(query),
    rowSchema,
  )

const countOnly = z.object({ reports: countSchema })

/** How many reports there are, whatever their revision. */
export const countReports = async (client: ClickHouse): Promise<number> => {
  const [row] = await client.query(`SELECT uniqExact(${key}) AS reports FROM reports`, {}, countOnly)
  return row?.reports ?? 0
}
