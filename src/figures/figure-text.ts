/** A figure with its limits. */
type Estimate = { readonly estimate: number; readonly low: number; readonly high: number }

/** A figure, or why there is none: the shape of the answers of `src/statistics`. */
type Answer<Value> =
  | { readonly kind: 'answer'; readonly value: Value }
  | { readonly kind: 'no-answer'; readonly reason: string }

/** A share in per cent, one digit behind the point. */
export const percent = (value: number): string => (100 * value).toFixed(1).replace('-', '−')

/** NAME@VERSION. */
export const nameOf = ({ name, version }: { readonly name: string; readonly version: string }): string =>
  `${name}@${version}`

/** An estimate in per cent with its limits, or why there is none. */
export const percentText = (given: Answer<Estimate>): string => {
  if (given.kind === 'no-answer') return `no answer (${given.reason})`
  const { estimate, low, high } = given.value
  return `${percent(estimate)} (${percent(low)}–${percent(high)})`
}

/** A text as a sentence begins. */
export const asSentence = (text: string): string => text.replace(/^./, (first) => first.toUpperCase())

/** A p-value without its leading zero. */
export const pText = (p: number): string => (p < 0.001 ? '< .001' : p.toFixed(3).replace(/^0/, ''))

/** An estimate for a program: shares from 0 to 1. */
export type Figure = { readonly value: number; readonly low: number; readonly high: number }

/** An estimate for a program, null where there is no answer. */
export const figureOf = (given: Answer<Estimate>): Figure | null =>
  given.kind === 'no-answer'
    ? null
    : { value: given.value.estimate, low: given.value.low, high: given.value.high }
