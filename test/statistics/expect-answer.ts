import assert from 'node:assert/strict'
import type { Answer, NoAnswerReason } from '../../src/statistics/answer.ts'

/** The value of an answer; fails the test where there is none. */
export const valueOf = <T>(given: Answer<T>): T => {
  if (given.kind === 'no-answer') assert.fail(`no answer: ${given.reason}, ${given.detail}`)
  return given.value
}

/** Codes of the warnings that travel with an answer. */
export const warningsOf = <T>(given: Answer<T>): string[] =>
  given.kind === 'answer' ? given.warnings.map(({ code }) => code) : []

/** Fails unless there is no answer, for this reason. */
export const expectReason = <T>(given: Answer<T>, reason: NoAnswerReason): void => {
  assert.equal(given.kind, 'no-answer')
  if (given.kind === 'no-answer') assert.equal(given.reason, reason)
}

/** Fails unless two numbers agree to a relative tolerance (absolute below 1). */
export const close = (actual: number, expected: number, tolerance = 1e-9, what = ''): void => {
  const allowed = tolerance * Math.max(1, Math.abs(expected))
  assert.ok(
    Math.abs(actual - expected) <= allowed,
    `${what} ${actual} is not ${expected} within ${allowed.toExponential(1)}`,
  )
}

/** Every number found anywhere inside a value. */
export const numbersIn = (value: unknown): number[] => {
  if (typeof value === 'number') return [value]
  if (value === null || typeof value !== 'object') return []
  return Object.values(value).flatMap(numbersIn)
}
