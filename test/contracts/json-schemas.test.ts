import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'
import { eventNameOf, type JsonObject, jsonSchemaOf } from '../../src/contracts/json-schemas.ts'
import { type TopicDeclaration, topicOfEachEvent } from '../../src/contracts/topics.ts'
import { findPython } from './find-python.ts'
import type { Sample } from './sample-kit.ts'
import { looserFields, samples } from './samples.ts'

const accepts = (topic: TopicDeclaration, event: unknown): boolean => topic.schema.safeParse(event).success
const samplesOf = (topic: TopicDeclaration): readonly Sample[] => samples[eventNameOf(topic)] ?? []

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

type Mutant = { readonly field: string; readonly event: unknown }

const strangers = [null, true, -1, 0.5, '', 'x', [], {}]

/** Every value that differs from the given one in one place: a field gone, or of another kind. */
const mutantsOf = (value: unknown, field = ''): Mutant[] => {
  if (Array.isArray(value)) {
    const [first, ...others] = value
    return mutantsOf(first, `${field}[]`).map((mutant) => ({ ...mutant, event: [mutant.event, ...others] }))
  }
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([name, inner]) => {
    const path = field === '' ? name : `${field}.${name}`
    const { [name]: _gone, ...rest } = value
    return [
      { field: path, event: rest },
      ...strangers.map((stranger) => ({ field: path, event: { ...value, [name]: stranger } })),
      ...mutantsOf(inner, path).map((mutant) => ({ ...mutant, event: { ...value, [name]: mutant.event } })),
    ]
  })
}

const validator = `
import json, sys
from jsonschema import Draft202012Validator
given = json.load(sys.stdin)
Draft202012Validator.check_schema(given["schema"])
check = Draft202012Validator(given["schema"])
json.dump([check.is_valid(event) for event in given["events"]], sys.stdout)
`

/** What a JSON Schema validator that is not ours says of each event. */
const validate = (python: string, topic: TopicDeclaration, events: readonly unknown[]): unknown[] => {
  const input = JSON.stringify({ schema: jsonSchemaOf(topic), events })
  const { status, stdout, stderr } = spawnSync(python, ['-c', validator], {
    input,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  assert.equal(status, 0, stderr)
  const answers: unknown = JSON.parse(stdout)
  assert.ok(Array.isArray(answers) && answers.length === events.length)
  return answers
}

describe('the schemas and the sample events', () => {
  test('every event has samples that must pass and samples that must not', () => {
    assert.deepEqual(Object.keys(samples).toSorted(), topicOfEachEvent.map(eventNameOf).toSorted())
    for (const topic of topicOfEachEvent) {
      const verdicts = new Set(samplesOf(topic).map((sample) => sample.verdict))
      assert.ok(verdicts.has('valid') && verdicts.has('invalid'), eventNameOf(topic))
    }
  })

  for (const topic of topicOfEachEvent)
    test(`${eventNameOf(topic)}: each sample is taken or refused as it says`, () => {
      for (const { name, event, verdict } of samplesOf(topic))
        assert.equal(accepts(topic, event), verdict === 'valid', name)
    })

  for (const topic of topicOfEachEvent)
    test(`${eventNameOf(topic)}: a field that is added later is ignored, wherever it stands`, () => {
      const extended = (value: unknown): unknown =>
        isObject(value)
          ? {
              ...Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, extended(inner)])),
              addedLater: 'x',
            }
          : value
      for (const { name, event, verdict } of samplesOf(topic))
        if (verdict === 'valid') assert.ok(accepts(topic, extended(event)), name)
    })
})

describe('the JSON Schemas', () => {
  for (const topic of topicOfEachEvent)
    test(`${eventNameOf(topic)}: no object is closed, and what is required is declared`, () => {
      const visit = (schema: unknown): void => {
        if (Array.isArray(schema)) for (const part of schema) visit(part)
        if (!isObject(schema)) return
        assert.notEqual(schema['additionalProperties'], false)
        const { properties, required } = schema
        if (Array.isArray(required) && isObject(properties))
          for (const name of required) assert.ok(String(name) in properties, String(name))
        for (const part of Object.values(schema)) visit(part)
      }
      visit(jsonSchemaOf(topic))
    })

  const python = findPython('jsonschema')
  const skip = python === undefined && 'no Python with the module jsonschema: agreement is NOT checked'
  for (const topic of topicOfEachEvent)
    test(`${eventNameOf(topic)}: agrees with the engine on each sample`, { skip }, () => {
      const answers = validate(
        python ?? '',
        topic,
        samplesOf(topic).map((sample) => sample.event),
      )
      for (const [index, { name, verdict }] of samplesOf(topic).entries())
        assert.equal(answers[index], verdict !== 'invalid', name)
    })

  for (const topic of topicOfEachEvent)
    test(`${eventNameOf(topic)}: agrees with the engine when one field is gone or of another kind`, {
      skip,
    }, () => {
      const valid = samplesOf(topic).filter((sample) => sample.verdict === 'valid')
      const mutants = valid.flatMap((sample) => mutantsOf(sample.event))
      const answers = validate(
        python ?? '',
        topic,
        mutants.map((mutant) => mutant.event),
      )
      for (const [index, { field, event }] of mutants.entries()) {
        const ours = accepts(topic, event)
        if (!ours && looserFields.has(`${eventNameOf(topic)} ${field}`)) continue
        assert.equal(answers[index], ours, `${field}: ${JSON.stringify(event)}`)
      }
    })
})
