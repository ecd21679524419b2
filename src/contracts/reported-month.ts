import type { DomainFigures } from './prevalence-figures.ts'

/** What the monitor says of a region, a month and a domain. */
export type ReportedMonth = {
  /** Empty for all regions together. */
  readonly region: string
  /** `YYYY-MM`. */
  readonly month: string
  readonly figures: DomainFigures
}

/** Reads what the monitor says last of each month, by region and of all together. */
export type ReportedMonthReader = () => Promise<readonly ReportedMonth[]>
