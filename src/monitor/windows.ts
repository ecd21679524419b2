import type { ReportWindow } from '../contracts/report.ts'

const dayMs = 24 * 60 * 60 * 1000

/** Days after its end for which a window is provisional: films come late. */
export const provisionalDays = 14

/** The day after the last one of a window. */
export const endOf = ({ kind, start }: ReportWindow): string => {
  const first = new Date(`${start}T00:00:00.000Z`)
  const end =
    kind === 'week'
      ? first.getTime() + 7 * dayMs
      : Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 1)
  return new Date(end).toISOString().slice(0, 10)
}

/** The month before a month. */
export const monthBefore = ({ start }: ReportWindow): ReportWindow => {
  const first = new Date(`${start}T00:00:00.000Z`)
  const before = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() - 1, 1)
  return { kind: 'month', start: new Date(before).toISOString().slice(0, 10) }
}

/** Whether films of a window may still come in number: it is not over, or not for fourteen days. */
export const isProvisional = (window: ReportWindow, now: Date): boolean =>
  now.getTime() < Date.parse(`${endOf(window)}T00:00:00.000Z`) + provisionalDays * dayMs

/** The number of an ISO week, with the year that it belongs to. */
const isoWeekOf = (monday: Date): { year: number; week: number } => {
  const thursday = new Date(monday.getTime() + 3 * dayMs)
  const year = thursday.getUTCFullYear()
  const dayOfYear = (thursday.getTime() - Date.UTC(year, 0, 1)) / dayMs
  return { year, week: 1 + Math.floor(dayOfYear / 7) }
}

/** A window as people write it: `2026-10`, or `2026-W41`. */
export const windowName = ({ kind, start }: ReportWindow): string => {
  if (kind === 'month') return start.slice(0, 7)
  const { year, week } = isoWeekOf(new Date(`${start}T00:00:00.000Z`))
  return `${year}-W${String(week).padStart(2, '0')}`
}

/** The window of a name; undefined where it names none. */
export const windowNamed = (name: string): ReportWindow | undefined => {
  if (/^\d{4}-(?:0[1-9]|1[0-2])$/.test(name)) return { kind: 'month', start: `${name}-01` }
  const [, year, week] = /^(\d{4})-W(\d{2})$/.exec(name) ?? []
  if (year === undefined || week === undefined) return undefined
  // The fourth of January always lies in the first week.
  const fourth = new Date(Date.UTC(Number(year), 0, 4))
  const firstMonday = fourth.getTime() - ((fourth.getUTCDay() + 6) % 7) * dayMs
  const monday = new Date(firstMonday + (Number(week) - 1) * 7 * dayMs)
  const found = { kind: 'week', start: monday.toISOString().slice(0, 10) } as const
  return windowName(found) === name ? found : undefined
}
