import { setImmediate as othersGoFirst } from 'node:timers/promises'
import type { Alarm } from '../../contracts/alarm.ts'
import { changeMethod } from '../../contracts/change-report.ts'
import { type Report, type ReportScope, type ReportWindow, reportKeyOf } from '../../contracts/report.ts'
import { verdictsIn } from '../current-reports.ts'
import type { PassDeps } from '../run-pass.ts'
import { endOf, isProvisional, monthBefore } from '../windows.ts'
import { makeChangeReport } from './make-change-report.ts'
import type { Scene } from './month-scene.ts'
import { alarmsBetween, type SaidVerdict } from './verdict-alarms.ts'

/** Months that are judged again: those that changed, and those after them, which are compared with them. */
export const monthsToJudge = (windows: readonly ReportWindow[], now: Date): readonly ReportWindow[] => {
  const months = windows.filter(({ kind }) => kind === 'month')
  const starts = new Set(months.flatMap((window) => [window.start, endOf(window)]))
  return [...starts]
    .toSorted()
    .map((start): ReportWindow => ({ kind: 'month', start }))
    .filter((window) => !isProvisional(window, now))
}

const scopeKey = ({ kind, id }: ReportScope): string => `${kind} ${id}`

/** Scopes with people in both months, and those of which something was said before. */
const scopesOf = ({ counts, before, after }: Scene, reports: PassDeps['reports']): readonly ReportScope[] => {
  const of = (window: ReportWindow) =>
    new Map(
      counts.filter((one) => one.window.start === window.start).map(({ scope }) => [scopeKey(scope), scope]),
    )
  const [old, now] = [of(before), of(after)]
  const said = reports
    .scopesOf(after)
    .filter((scope) => reports.find(reportKeyOf({ scope, window: after, ...changeMethod })) !== undefined)
  const both = [...now].filter(([key]) => old.has(key))
  return [...new Map([...both, ...said.map((scope) => [scopeKey(scope), scope] as const)]).values()]
}

const readScene = async (
  { reader, circumstances }: PassDeps,
  after: ReportWindow,
  edges: Parameters<PassDeps['reader']['readCounts']>[1],
): Promise<Scene> => {
  const before = monthBefore(after)
  const windows = [before, after]
  return {
    before,
    after,
    counts: await reader.readCounts(windows, edges),
    devices: await circumstances.readDevices(windows),
    announcements: await circumstances.readAnnouncements(),
  }
}

/** What a month says that is new. */
export type JudgedMonth = { readonly reports: readonly Report[]; readonly alarms: readonly Alarm[] }

/**
 * The reports on the changes of a month that say something new, and the alarms that follow from that; whatever else this thread
 * does has its turn between two.
 */
export const judgeMonth = async (
  deps: PassDeps,
  month: ReportWindow,
  edges: Parameters<PassDeps['reader']['readCounts']>[1],
  when: { readonly now: Date; readonly cut: Report['cut'] },
): Promise<JudgedMonth> => {
  const scene = await readScene(deps, month, edges)
  const fresh: Report[] = []
  const [before, now]: [SaidVerdict[], SaidVerdict[]] = [[], []]
  for (const scope of scopesOf(scene, deps.reports)) {
    await othersGoFirst()
    const { key, ...draft } = makeChangeReport({ scope, scene, cards: deps.cards, ...when }, deps.engineKey)
    const known = deps.reports.find(key)
    before.push(...(known?.verdicts ?? []))
    now.push(...verdictsIn(draft))
    if (known?.reportId !== draft.reportId) fresh.push({ ...draft, revision: (known?.revision ?? 0) + 1 })
  }
  return { reports: fresh, alarms: alarmsBetween(before, now, scene, when.now) }
}
