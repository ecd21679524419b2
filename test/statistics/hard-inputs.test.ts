import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as library from '../../src/statistics/index.ts'
import { numbersIn } from './expect-answer.ts'
import { validCalls } from './valid-calls.ts'

const functions = new Map<string, unknown>(Object.entries(library))

/** Calls a public function by name with anything at all. */
const call = (name: string, args: readonly unknown[]): unknown => {
  const target = functions.get(name)
  assert.ok(typeof target === 'function', `${name} is not public`)
  return Reflect.apply(target, undefined, args)
}

/** The sentence that a call ends with, as an answer or thrown; nothing where it has a value. */
const complaintOf = (name: string, args: readonly unknown[]): string | undefined => {
  try {
    const found = call(name, args)
    if (typeof found !== 'object' || found === null || !('kind' in found)) {
      assert.ok(!numbersIn(found).some(Number.isNaN), `${name} answers with NaN`)
      return undefined
    }
    if (found.kind === 'no-answer' && 'detail' in found) return String(found.detail)
    assert.ok(!numbersIn(found).some(Number.isNaN), `${name} answers with NaN: ${JSON.stringify(found)}`)
    return undefined
  } catch (error) {
    assert.ok(error instanceof RangeError, `${name}: ${String(error)}`)
    return error.message
  }
}

/** Every path to a value inside: of long lists the first two only. */
const pathsIn = (value: unknown, path: readonly string[] = []): (readonly string[])[] => {
  if (typeof value !== 'object' || value === null) return [path]
  const inside = Object.entries(value)
  return [
    path,
    ...inside.slice(0, Array.isArray(value) ? 2 : 40).flatMap(([key, of]) => pathsIn(of, [...path, key])),
  ]
}

const replace = (value: unknown, [first, ...rest]: readonly string[], by: unknown): unknown => {
  if (first === undefined) return by
  if (Array.isArray(value)) return value.map((of, i) => (String(i) === first ? replace(of, rest, by) : of))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, of]) => [key, key === first ? replace(of, rest, by) : of]),
  )
}

const odd: readonly unknown[] = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -1,
  95,
  0,
  0.5,
  'botstrap',
  null,
  undefined,
  [],
  {},
]

const isPlain = (value: unknown): boolean => typeof value === 'number' || Array.isArray(value)

/** What no input may be: a call with one of these never has a value. */
const neverRight: readonly unknown[] = [Number.NaN, 'botstrap', null, {}]

/** Places that take any text: names of persons, clinics, units. */
const takesText = ['id', 'name', 'person', 'clinic', 'clusters', 'persons', 'clinics', 'maker']

/** Places where a card or a model is handed on whole: made by this library, not by hand. */
const madeHere = ['card', 'model', 'prevalence']

for (const [name, args] of Object.entries(validCalls))
  test(`${name}: any one odd input has a complaint or a sound answer, and the call without it has a value`, () => {
    assert.equal(complaintOf(name, args), undefined)
    // A whole input that is no object is seen by the compiler, and fails at once without it.
    const paths = pathsIn(args).filter((path) => path.length > 1 || isPlain(args[Number(path[0])]))
    for (const path of paths.filter((one) => !madeHere.some((made) => one.slice(0, -1).includes(made))))
      for (const value of odd) {
        const given = replace(args, path, value)
        assert.ok(Array.isArray(given))
        const complaint = complaintOf(name, given)
        const isText = value === 'botstrap' && path.some((step) => takesText.includes(step))
        if (neverRight.includes(value) && !isText && !(name === 'personFolds' && path[0] === '0'))
          assert.ok(complaint, `${name} takes ${String(value)} at ${path.join('.')}`)
        if (complaint !== undefined) assert.ok(complaint.length > 0)
      }
  })

test('every public function with an answer or a plain number stands in the list of calls', () => {
  const helpers = [
    // Parts of what is listed, and what makes, names or describes values instead of estimating one.
    /^(answer|noAnswer|warn|fault|is|binomialLimit|binOf|binOnCard|countScores|clamp|quantileOfSorted|seedFrom)/,
    /^(scoreLimits|stabilityIndex|kolmogorovTail|exactTail|expectedAuc|windowError|attributionStatistic)/,
    /^(createSeverityDrift|fitSeverityWindow|bootstrapSeverity|projectColumns|classOfSeverity|hearWitnesses)/,
  ]
  const missing = [...functions]
    .filter(([, target]) => typeof target === 'function')
    .map(([name]) => name)
    .filter((name) => !(name in validCalls) && !helpers.some((helper) => helper.test(name)))
  assert.deepEqual(
    missing,
    ['judgeChange'].filter((name) => missing.includes(name)),
  )
})
