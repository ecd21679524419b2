import { prevalenceBodySchema } from '../../contracts/prevalence-figures.ts'
import type { ReportedMonth } from '../../contracts/reported-month.ts'
import type { ClickHouse } from '../../runtime/clickhouse.ts'
import { readCurrentReports } from '../stores/report-reader.ts'

/** Reads what the monitor says last of each month, by region and of all together. */
export const readMonths = async (client: ClickHouse): Promise<readonly ReportedMonth[]> => {
  const of = (kind: 'all' | 'region') =>
    readCurrentReports(client, { scope: { kind }, window: { kind: 'month' }, method: 'prevalence' })
  const reports = [...(await of('all')), ...(await of('region'))]
  return reports.flatMap(({ scope, window, body }) =>
    prevalenceBodySchema.parse(body).figures.map((figures) => ({
      region: scope.kind === 'all' ? '' : scope.id,
      month: window.start.slice(0, 7),
      figures,
    })),
  )
}
