import { changeBodySchema, changeMethod } from '../../contracts/change-report.ts'
import type { ReportedChange } from '../../contracts/reported-change.ts'
import type { ClickHouse } from '../../runtime/clickhouse.ts'
import { readCurrentReports } from '../stores/report-reader.ts'

/** Reads what the monitor says last of the changes of each month, by region and of all together. */
export const readChanges = async (client: ClickHouse): Promise<readonly ReportedChange[]> => {
  const of = (kind: 'all' | 'region') =>
    readCurrentReports(client, {
      scope: { kind },
      window: { kind: 'month' },
      method: changeMethod.method,
    })
  const reports = [...(await of('all')), ...(await of('region'))]
  return reports.flatMap(({ scope, window, body }) =>
    changeBodySchema.parse(body).changes.map((change) => ({
      region: scope.kind === 'all' ? '' : scope.id,
      month: window.start.slice(0, 7),
      change,
    })),
  )
}
