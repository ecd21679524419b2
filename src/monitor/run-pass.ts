import { setImmediate as othersGoFirst } from 'node:timers/promises'
import type { Alarm } from '../contracts/alarm.ts'
import { changeMethod } from '../contracts/change-report.ts'
import type { AnnouncedChange, CircumstanceReader } from '../contracts/circumstances.ts'
import { type Report, type ReportScope, type ReportWindow, reportKeyOf } from '../contracts/report.ts'
import type { MonitorReader, WindowCounts } from '../contracts/window-counts.ts'
import { sha256Of } from '../runtime/sha256.ts'
import { judgeMonth, monthsToJudge } from './changes/judge-months.ts'
import type { CurrentReports } from './current-reports.ts'
import type { ReaderCard } from './figures/reader-card.ts'
import { makeReport, prevalenceMethod } from './make-report.ts'
import { isProvisional } from './windows.ts'

export type PassDeps = {
  readonly reader: MonitorReader
  readonly circumstances: CircumstanceReader
  readonly reports: CurrentReports
  /** Announcements that months were judged with since this monitor started; a pass adds to it. */
  readonly heard: Set<string>
  readonly cards: readonly ReaderCard[]
  readonly engineKey: Uint8Array
  /** Until where the sink has stored the topics: measured before anything is counted. */
  readonly measureCut: () => Promise<Report['cut']['topics']>
  /** Resolves when Kafka has the alarms. */
  readonly raise: (alarms: readonly Alarm[]) => Promise<void>
  /** Resolves when Kafka has the reports. */
  readonly publish: (reports: readonly Report[]) => Promise<void>
  readonly now: () => Date
  /** False once another monitor may lead: what is not published then is left to that one. */
  readonly isLeading: () => boolean
}

export type PassSummary = { readonly windows: number; readonly published: number }

const nameOf = ({ kind, start }: ReportWindow): string => `${kind} ${start}`
const scopeKey = ({ kind, id }: ReportScope): string => `${kind} ${id}`

/** Windows of a pass: those in which something changed, and those that have become complete with time alone. */
const windowsOf = (
  changed: readonly ReportWindow[],
  reports: CurrentReports,
  now: Date,
): readonly ReportWindow[] => {
  const ripe = reports.provisionalWindows().filter((window) => !isProvisional(window, now))
  const all = new Map([...changed, ...ripe].map((window) => [nameOf(window), window]))
  // Of each kind the newest first: what people look at is there before half a year is done.
  return [...all.values()].toSorted((a, b) =>
    a.kind === b.kind ? (a.start > b.start ? -1 : 1) : a.kind < b.kind ? -1 : 1,
  )
}

/** The edges in which scores are counted: those of the card's T-scores where it has them. */
const edgesOf = (cards: readonly ReaderCard[]) =>
  cards.map(({ modelDigest, finderDigest, card }) => ({
    modelDigest,
    finderDigest,
    edges: card.severity.kind === 'card' ? card.severity.edges : card.scores.edges,
  }))

/** Says when all figures must be made again although no film has changed. */
const inputsOf = (cards: readonly ReaderCard[]): string =>
  sha256Of(
    JSON.stringify([
      prevalenceMethod,
      changeMethod,
      cards.map(({ card }) => JSON.stringify(card)).toSorted(),
    ]),
  )

/** Every scope of a window that has people, and those of which something was said before. */
const scopesOf = (
  window: ReportWindow,
  counts: readonly WindowCounts[],
  reports: CurrentReports,
): readonly ReportScope[] => {
  const all = [...counts.map(({ scope }) => scope), ...reports.scopesOf(window)]
  return [...new Map(all.map((scope) => [scopeKey(scope), scope])).values()]
}

/** The reports of a window that say something new; between two of them whatever else this thread does has its turn. */
const reportsOf = async (
  { reports, cards, engineKey }: PassDeps,
  window: ReportWindow,
  counts: readonly WindowCounts[],
  when: { readonly now: Date; readonly cut: Report['cut'] },
): Promise<readonly Report[]> => {
  const ofWindow = counts.filter((of) => nameOf(of.window) === nameOf(window))
  const fresh: Report[] = []
  for (const scope of scopesOf(window, ofWindow, reports)) {
    await othersGoFirst()
    const known = reports.find(reportKeyOf({ scope, window, method: prevalenceMethod.method }))
    const own = ofWindow.filter((of) => scopeKey(of.scope) === scopeKey(scope))
    const { key: _key, ...draft } = makeReport({ scope, window, counts: own, cards, ...when }, engineKey)
    if (known?.reportId !== draft.reportId) fresh.push({ ...draft, revision: (known?.revision ?? 0) + 1 })
  }
  return fresh
}

const unheardOf = async ({ circumstances, heard }: PassDeps): Promise<readonly AnnouncedChange[]> =>
  (await circumstances.readAnnouncements()).filter((announced) => !heard.has(JSON.stringify(announced)))

/** An announcement is heard in the month of its first day and in the one that is compared with it. */
const monthOf = ({ from }: AnnouncedChange): ReportWindow => ({
  kind: 'month',
  start: `${from.slice(0, 7)}-01`,
})

/**
 * One pass: 1. how far the tables are is measured, 2. what films add is brought up to date, 3. each window that changed is
 * counted and its reports are made, 4. those that say something new are published as the next revision, 5. each month that is
 * complete and changed, or was announced to change, or follows such a one, is judged against the month before, and alarms are
 * raised where the verdict asks for somebody, 6. the pass is remembered. Done again after a fault, it says the same: a report
 * that says what was said already is not published.
 */
export const runPass = async (deps: PassDeps): Promise<PassSummary> => {
  const { reader, cards } = deps
  const topics = await deps.measureCut()
  const pass = await reader.beginPass(inputsOf(cards))
  const now = deps.now()
  const cut = { topics, generation: pass.generation }
  const windows = windowsOf(pass.windows, deps.reports, now)
  let published = 0
  const publish = async (fresh: readonly Report[]): Promise<boolean> => {
    if (!deps.isLeading()) return false
    if (fresh.length > 0) await deps.publish(fresh)
    for (const report of fresh) deps.reports.note(report)
    published += fresh.length
    return true
  }
  const edges = edgesOf(cards)
  const when = { now, cut }
  for (const batch of await reader.batchesOf(windows)) {
    const counts = await reader.readCounts(batch, edges)
    for (const window of batch)
      if (!(await publish(await reportsOf(deps, window, counts, when))))
        return { windows: windows.length, published }
  }
  const announced = await unheardOf(deps)
  for (const month of monthsToJudge([...windows, ...announced.map(monthOf)], now)) {
    const judged = await judgeMonth(deps, month, edges, when)
    // Alarms first: a monitor that dies between the two says the same again, and raises none twice.
    if (deps.isLeading()) await deps.raise(judged.alarms)
    if (!(await publish(judged.reports))) return { windows: windows.length, published }
  }
  for (const announcement of announced) deps.heard.add(JSON.stringify(announcement))
  await pass.finish()
  return { windows: windows.length, published }
}
