/** Why a method does not hold for the data it was given; a closed list, stable enough to store and to translate. */
export const noAnswerReasons = [
  'empty',
  'invalid-input',
  'too-few',
  'singular',
  'uninformative',
  'class-never-seen',
  'bin-never-verified',
  'domain-mismatch',
  'not-validated',
  'cannot-protect',
  'outside-card',
] as const

/** One entry of the closed list of reasons. */
export type NoAnswerReason = (typeof noAnswerReasons)[number]

/** What a reader must know beside a figure that does hold; a closed list. */
export const warningCodes = [
  'clipped',
  'both-limits-clipped',
  'limits-from-bootstrap',
  'constrained-least-squares',
  'one-validation-site',
  'few-clusters',
  'strata-merged',
  'small-window',
  'not-linear',
  'spread-not-constant',
  'residuals-not-normal',
  'beyond-card-range',
  'assumes-unchanged-severity',
  'blind-to-concept-drift',
  'imaging-shift-looks-alike',
  'differs-from-matrix',
  'asymptotic',
  'not-converged',
  'budget-not-reachable',
  'votes-taken-as-persons',
  'point-outside-limits',
  'exact-limits',
  'selection-differs',
] as const

/** One entry of the closed list of warnings. */
export type WarningCode = (typeof warningCodes)[number]

/** A warning that travels with a value: the code for machines, the detail (lower case, short) for people. */
export type Warning = { readonly code: WarningCode; readonly detail: string }

/** A value with what must be said beside it. */
export type Answered<T> = {
  readonly kind: 'answer'
  readonly value: T
  readonly warnings: readonly Warning[]
}

/** That a method does not hold for its input, and why; never stands for zero. */
export type NoAnswer = {
  readonly kind: 'no-answer'
  readonly reason: NoAnswerReason
  readonly detail: string
}

/**
 * What every method of this library returns: a value, or why there is none. Never NaN, never a throw for data. The few
 * functions that return a plain value throw a RangeError that names the input and what it takes.
 */
export type Answer<T> = Answered<T> | NoAnswer

/** Wraps a value that holds, with the warnings that must be shown beside it. */
export const answer = <T>(value: T, warnings: readonly Warning[] = []): Answered<T> => ({
  kind: 'answer',
  value,
  warnings,
})

/** States that the method does not hold for this input, and why. */
export const noAnswer = (reason: NoAnswerReason, detail: string): NoAnswer => ({
  kind: 'no-answer',
  reason,
  detail,
})

/** Makes one warning. */
export const warn = (code: WarningCode, detail: string): Warning => ({ code, detail })
