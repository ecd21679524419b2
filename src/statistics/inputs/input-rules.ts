import { type NoAnswer, noAnswer } from '../answer.ts'

/** What an input takes: nothing where the value fits, else a sentence that names the input and what it takes. */
export type Rule = (value: unknown, name: string) => string | undefined

const shown = (value: unknown): string => {
  if (typeof value === 'string') return `'${value.slice(0, 40)}'`
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value === undefined) return 'nothing'
  return Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`
}

const ruleOf =
  (takes: string, fits: (value: unknown) => boolean): Rule =>
  (value, name) =>
    fits(value) ? undefined : `${name} takes ${takes}, not ${shown(value)}`

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

/** A finite number from `low` to `high`. */
export const numberFrom = (low = -1e12, high = 1e12): Rule =>
  ruleOf(low === -1e12 ? 'a finite number' : `a number from ${low} to ${high}`, (value) => {
    return isNumber(value) && value >= low && value <= high
  })

/** A finite number above 0, up to `high`. */
export const positiveUpTo = (high = 1e12): Rule =>
  ruleOf(`a number above 0, up to ${high}`, (value) => isNumber(value) && value > 0 && value <= high)

/** A whole number from `low` to `high`. */
export const wholeFrom = (low: number, high: number = Number.MAX_SAFE_INTEGER): Rule =>
  ruleOf(
    high === Number.MAX_SAFE_INTEGER
      ? `a whole number of ${low} or more`
      : `a whole number from ${low} to ${high}`,
    (value) => isNumber(value) && Number.isSafeInteger(value) && value >= low && value <= high,
  )

/** A count: a whole number of zero or more. */
export const aCount: Rule = wholeFrom(0)

/** A share: a number from 0 to 1. */
export const aShare: Rule = numberFrom(0, 1)

/** A chance that is neither 0 nor 1, such as an error rate. */
export const aChance: Rule = ruleOf(
  'a number above 0 and below 1',
  (value) => isNumber(value) && value > 0 && value < 1,
)

/** A confidence level: .95, not 95. */
export const aLevel: Rule = ruleOf(
  'a number above 0 and below 1, such as .95',
  (value) => isNumber(value) && value >= 1e-6 && value <= 1 - 1e-9,
)

/** Draws of a bootstrap: fewer than 40 have no percentile at .025. */
export const someDraws: Rule = wholeFrom(40, 1_000_000)

/** A generator of numbers in [0, 1). */
export const aGenerator: Rule = ruleOf(
  'a generator of numbers, such as createRandom(seed)',
  (value) => typeof value === 'function',
)

/** A function. */
export const aFunction: Rule = ruleOf('a function', (value) => typeof value === 'function')

/** A text that is not empty. */
export const aText: Rule = ruleOf('a text', (value) => typeof value === 'string' && value.length > 0)

/** Who a film or a vote belongs to: a text or a number. */
export const aKey: Rule = ruleOf(
  'a text or a number',
  (value) => typeof value === 'string' || isNumber(value),
)

/** A part of a seed: any text or finite number. */
export const aPart: Rule = ruleOf(
  'a text or a finite number',
  (value) => typeof value === 'string' || isNumber(value),
)

/** True or false, also as 1 or 0. */
export const aFlag: Rule = ruleOf(
  'true or false, or 1 or 0',
  (value) => typeof value === 'boolean' || value === 0 || value === 1,
)

/** One of these names, spelt so. */
export const oneOf = (...names: readonly string[]): Rule =>
  ruleOf(`one of ${names.join(', ')}`, (value) => typeof value === 'string' && names.includes(value))

/** Nothing, or what the rule takes. */
export const optional =
  (rule: Rule): Rule =>
  (value, name) =>
    value === undefined ? undefined : rule(value, name)

const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))

/** A list of values that each fit the rule; `length` where it must be exact. */
export const listOf =
  (rule: Rule, length?: number): Rule =>
  (value, name) => {
    if (!isList(value)) return `${name} takes a list, not ${shown(value)}`
    if (length !== undefined && value.length !== length)
      return `${name} takes a list of ${length}, not of ${value.length}`
    for (let i = 0; i < value.length; i += 1) {
      // Names are put together only for what does not fit: lists can hold a million scores.
      if (rule(value[i], '') !== undefined) return rule(value[i], `${name}[${i}]`)
    }
    return undefined
  }

/** An object whose fields fit their rules; other fields are left alone. */
export const fields =
  (rules: Readonly<Record<string, Rule>>): Rule =>
  (value, name) => {
    if (typeof value !== 'object' || value === null)
      return `${name} takes ${Object.keys(rules).join(', ')}, not ${shown(value)}`
    for (const [field, rule] of Object.entries(rules)) {
      const given: unknown = Reflect.get(value, field)
      if (rule(given, '') !== undefined) return rule(given, name === '' ? field : `${name}.${field}`)
    }
    return undefined
  }

/** Rows of numbers that fit a rule. */
export const rowsOf = (rule: Rule): Rule => listOf(listOf(rule))

/** Where people and films come from. */
export const aDomain: Rule = oneOf('synthetic', 'real')

/** The domain of a card and of a site. */
export const someDomains: Rule = fields({ card: aDomain, site: aDomain })

/** Successes of trials; whether there are more successes than trials is asked later. */
export const someTrials: Rule = fields({ successes: aCount, trials: aCount })

/** A generator and how many draws of it. */
export const aBootstrap: Rule = fields({ random: aGenerator, draws: someDraws })

/**
 * The one place where inputs of public functions are checked: says which input does not fit and what it takes.
 * Functions that answer call this first; whoever answers a plain value calls `requireInputs`.
 */
export const faultInInputs = (
  inputs: unknown,
  rules: Readonly<Record<string, Rule>>,
): NoAnswer | undefined => {
  const fault = fields(rules)(inputs, '')
  return fault === undefined ? undefined : noAnswer('invalid-input', fault)
}

/** As `faultInInputs`, for functions that return a plain value: throws a RangeError with the same sentence. */
export const requireInputs = (inputs: unknown, rules: Readonly<Record<string, Rule>>): void => {
  const fault = fields(rules)(inputs, '')
  if (fault !== undefined) throw new RangeError(fault)
}
