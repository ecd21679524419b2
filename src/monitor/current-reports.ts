import { changeBodySchema, changeMethod } from '../contracts/change-report.ts'
import { type Report, type ReportScope, type ReportWindow, reportKeyOf } from '../contracts/report.ts'
import type { SaidVerdict } from './changes/verdict-alarms.ts'

/** The latest revision of a report, as far as it must be remembered. */
export type CurrentReport = Pick<
  Report,
  'reportId' | 'revision' | 'provisional' | 'scope' | 'window' | 'method'
> & {
  /** What a report on changes says of each domain. */
  readonly verdicts: readonly SaidVerdict[]
}

/** The verdicts of a report on changes; none of any other. */
export const verdictsIn = ({
  scope,
  method,
  body,
}: Pick<Report, 'scope' | 'method' | 'body'>): readonly SaidVerdict[] =>
  method === changeMethod.method
    ? changeBodySchema.parse(body).changes.map(({ domain, verdict }) => ({ scope, domain, verdict }))
    : []

const isLater = (report: Report, known: CurrentReport): boolean =>
  report.revision === known.revision ? report.reportId < known.reportId : report.revision > known.revision

/** What has been said of every scope and window: fed with all records of the reports topic, in their order. */
export const createCurrentReports = () => {
  const byKey = new Map<string, CurrentReport>()
  return {
    /** Of two reports of one revision, which two monitors can have made at once, the one with the lower id counts. */
    note: (report: Report): void => {
      const key = reportKeyOf(report)
      const known = byKey.get(key)
      if (known !== undefined && !isLater(report, known)) return
      const { reportId, revision, provisional, scope, window, method } = report
      byKey.set(key, { reportId, revision, provisional, scope, window, method, verdicts: verdictsIn(report) })
    },
    find: (key: string): CurrentReport | undefined => byKey.get(key),
    /** Scopes of which something was said for a window. */
    scopesOf: (window: ReportWindow): readonly ReportScope[] =>
      [...byKey.values()]
        .filter((known) => known.window.kind === window.kind && known.window.start === window.start)
        .map(({ scope }) => scope),
    /** Windows that were provisional when they were reported last. */
    provisionalWindows: (): readonly ReportWindow[] => {
      const found = [...byKey.values()].filter(({ provisional }) => provisional)
      return [...new Map(found.map(({ window }) => [`${window.kind} ${window.start}`, window])).values()]
    },
  }
}
export type CurrentReports = ReturnType<typeof createCurrentReports>
