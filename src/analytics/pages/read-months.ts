import { type DomainFigures, prevalenceBodySchema } from '../../contracts/prevalence-figures.ts'
import type { ClickHouse } from '../../runtime/clickhouse.ts'
import { readCurrentReports } from '../stores/report-reader.ts'

/** What the monitor says of a region (empty: all together), a month and a domain. */
export type ReportedMonth = {
  readonly region: string
  /** `YYYY-MM`. */
  readonly month: string
  readonly figures: DomainFigures
}

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
