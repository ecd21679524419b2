import type { Random } from '../../src/statistics/maths/random.ts'

/** A table of the report; the first column names the row. */
export type Table = {
  readonly caption: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** A plot, written beside the report. */
export type Plot = { readonly file: string; readonly alt: string; readonly svg: string }

/** One figure the issue asks for: it passes inside [low, high], Monte-Carlo error included in the limits. */
export type Check = {
  readonly name: string
  readonly value: number
  readonly low: number
  readonly high: number
}

/** What a study found, in the order of the page. */
export type Findings = {
  readonly title: string
  readonly text: readonly string[]
  readonly tables: readonly Table[]
  readonly plots: readonly Plot[]
  readonly checks: readonly Check[]
}

/** What a study is given: chance, how many runs to make of those of the full study, and a place to say how far it is. */
export type Context = {
  readonly random: Random
  readonly quick: boolean
  readonly runs: (full: number) => number
  readonly progress: (done: number, all: number) => void
}

/** A study by its name; it returns everything it has to say. */
export type Study = { readonly name: string; readonly run: (context: Context) => Findings }

/** A share with three digits and no leading zero, as on the statistics page. */
export const share = (value: number, digits = 3): string => value.toFixed(digits).replace(/^(-?)0\./, '$1.')

/** Monte-Carlo standard error of a share found in `runs` runs. */
export const shareError = (value: number, runs: number): number =>
  Math.sqrt(Math.max(value * (1 - value), 0.25 / runs) / runs)

/** Mean of values. */
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

/** Standard deviation of values. */
export const deviation = (values: readonly number[]): number => {
  const centre = mean(values)
  return Math.sqrt(
    values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / Math.max(1, values.length - 1),
  )
}

/** Unwraps an answer that a study cannot do without. */
export const must = <T>(
  given:
    | { readonly kind: 'answer'; readonly value: T }
    | { readonly kind: 'no-answer'; readonly detail: string },
): T => {
  if (given.kind === 'no-answer') throw new Error(given.detail)
  return given.value
}
