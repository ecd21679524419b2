import type { Change } from './change-report.ts'

/** What the monitor says of a change of a region, from the month before to a month. */
export type ReportedChange = {
  /** Empty for all regions together. */
  readonly region: string
  /** `YYYY-MM`. */
  readonly month: string
  readonly change: Change
}

/** Reads what the monitor says last of each month, by region and of all together. */
export type ReportedChangeReader = () => Promise<readonly ReportedChange[]>
