/**
 * An expected result of one step: it went well, the input is refused for a reason from a closed list,
 * or it failed with a code. What a step cannot name it does not catch.
 */
export type Outcome<Value, Refusal extends string, Failure extends string = never> =
  | { readonly kind: 'ok'; readonly value: Value }
  | { readonly kind: 'rejected'; readonly reason: Refusal; readonly detail: string }
  | { readonly kind: 'failed'; readonly code: Failure; readonly detail: string }

/** Wraps a value that a step produced. */
export const ok = <Value>(value: Value): { readonly kind: 'ok'; readonly value: Value } => ({
  kind: 'ok',
  value,
})

/** Refuses the input for a reason that its sender understands; `detail` never holds an identifier. */
export const rejected = <Refusal extends string>(reason: Refusal, detail = '') =>
  ({ kind: 'rejected', reason, detail }) as const

/** Says that the input cannot be processed at all, with a code; `detail` never holds an identifier. */
export const failed = <Failure extends string>(code: Failure, detail = '') =>
  ({ kind: 'failed', code, detail }) as const
