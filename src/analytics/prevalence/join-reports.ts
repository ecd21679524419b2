import { type DomainFigures, prevalenceBodySchema } from '../../contracts/prevalence-figures.ts'
import type { Report } from '../../contracts/report.ts'
import type { ClickHouse } from '../../runtime/clickhouse.ts'
import { readCurrentReports } from '../stores/report-reader.ts'
import { type Prevalence, type PrevalenceScope, readPrevalence } from './read-prevalence.ts'

const keyOf = (region: string, month: string, domain: string): string =>
  JSON.stringify([region, month, domain])

const figuresOf = (report: Report): readonly (readonly [string, DomainFigures])[] =>
  prevalenceBodySchema
    .parse(report.body)
    .figures.map((figures) => [
      keyOf(report.scope.id, report.window.start.slice(0, 7), figures.domain),
      figures,
    ])

/** Puts what the monitor has reported of each region and month beside the raw shares. */
export const joinReports = (
  found: readonly Prevalence[],
  reports: readonly Report[],
): readonly Prevalence[] => {
  const known = new Map(reports.flatMap(figuresOf))
  return found.map((entry) => {
    const figures = known.get(keyOf(entry.region, entry.month, entry.domain))
    return figures === undefined ? entry : { ...entry, corrected: figures.corrected, missed: figures.missed }
  })
}

/** Reads prevalence by region, month and domain, raw and as the monitor has corrected it. */
export const readReportedPrevalence = async (
  client: ClickHouse,
  scope: PrevalenceScope = {},
): Promise<readonly Prevalence[]> => {
  const found = await readPrevalence(client, scope)
  const query = { scope: { kind: 'region' }, window: { kind: 'month' }, method: 'prevalence' } as const
  return joinReports(found, await readCurrentReports(client, query))
}
