/** Why a method has no answer; an empty or unsuitable input never becomes a zero. */
export const noAnswerReasons = [
  'empty',
  'invalid-input',
  'too-few',
  'singular',
  'class-never-seen',
  'domain-mismatch',
  'not-validated',
  'not-converged',
  'uninformative',
] as const
export type NoAnswerReason = (typeof noAnswerReasons)[number]

/** That a method does not hold for its input, and why. */
export type NoAnswer = {
  readonly kind: 'no-answer'
  readonly reason: NoAnswerReason
  readonly detail: string
}

/** What must be said beside a value. */
export type Warning = { readonly code: string; readonly detail: string }

/** Makes a warning. */
export const warn = (code: string, detail: string): Warning => ({ code, detail })

/** What a method says: a value with what must be said beside it, or why there is none. */
export type Answer<Value> =
  | { readonly kind: 'answer'; readonly value: Value; readonly warnings: readonly Warning[] }
  | NoAnswer

/** Wraps a value. */
export const answer = <Value>(value: Value, warnings: readonly Warning[] = []): Answer<Value> => ({
  kind: 'answer',
  value,
  warnings,
})

/** Says that there is none. */
export const noAnswer = (reason: NoAnswerReason, detail: string): NoAnswer => ({
  kind: 'no-answer',
  reason,
  detail,
})
