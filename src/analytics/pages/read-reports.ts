import { type Report, reportSchema } from '../../contracts/report.ts'
import type { ClickHouse } from '../../runtime/clickhouse.ts'

/** The last revision of each scope, window and method. */
const sql = `
  SELECT toString(report_id) AS reportId, scope_kind AS scopeKind, scope_id AS scopeId, window_kind AS windowKind,
    toString(window_start) AS windowStart, method, method_version AS methodVersion, revision, provisional,
    made_at AS madeAt, cut, body
  FROM reports FINAL
  ORDER BY window_start DESC, revision DESC, made_at DESC
  LIMIT 1 BY scope_kind, scope_id, window_kind, window_start, method
  LIMIT {limit:UInt32}`

const parseRow = (row: unknown): Report => {
  const { scopeKind, scopeId, windowKind, windowStart, cut, body, ...rest } = row as Record<string, unknown>
  return reportSchema.parse({
    ...rest,
    scope: { kind: scopeKind, id: scopeId },
    window: { kind: windowKind, start: windowStart },
    cut: JSON.parse(String(cut)),
    body: JSON.parse(String(body)),
  })
}

/** Reads what the monitor says last of each scope and window, the latest windows first. */
export const readReports = (client: ClickHouse, limit: number): Promise<readonly Report[]> =>
  client.query(sql, { limit }, { parse: parseRow })
