import { z } from 'zod'
import { fieldNotes } from './field-notes.ts'
import type { TopicDeclaration } from './topics.ts'

/** A JSON document: a schema of JSON Schema 2020-12, or a part of one. */
export type JsonObject = { [key: string]: unknown }

/** The name of a topic's event without its organisation: `org.osteostream.receipt.v1` is `receipt.v1`. */
export const eventNameOf = (topic: Pick<TopicDeclaration, 'eventType'>): string =>
  topic.eventType.replace(/^org\.osteostream\./, '')

/** Where the JSON Schema of a topic stands, relative to the folder of the contracts. */
export const schemaFileOf = (topic: Pick<TopicDeclaration, 'eventType'>): string =>
  `schemas/${eventNameOf(topic)}.json`

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * What a text must hold, where it is read in two steps: one of a closed list, or JSON of a schema of its own.
 * Without this, the written side of such a text is any string.
 */
const describePipe = (pipe: z.core.$ZodPipe, schema: JsonObject): void => {
  const { out } = pipe._zod.def
  if (out instanceof z.core.$ZodEnum) Object.assign(schema, writtenSchemaOf(out))
  if (out instanceof z.core.$ZodObject) {
    schema['contentMediaType'] = 'application/json'
    schema['contentSchema'] = writtenSchemaOf(out)
  }
}

/** Adds the notes on every field, to the finished schema: before that, fields of one kind share one object. */
const withNotes = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(withNotes)
  if (!isObject(schema)) return schema
  const parts = Object.entries(schema).map(([key, part]) => [key, withNotes(part)] as const)
  const noted = Object.fromEntries(parts)
  const fields = noted['properties']
  if (!isObject(fields)) return noted
  const described = Object.entries(fields).map(([name, field]) => {
    const note = fieldNotes[name]
    return [name, note !== undefined && isObject(field) ? { description: note, ...field } : field] as const
  })
  return { ...noted, properties: Object.fromEntries(described) }
}

/** What a producer may write: the input side, so that unknown fields are allowed. */
const writtenSchemaOf = (schema: z.core.$ZodType): JsonObject => {
  const { $schema: _dialect, ...written } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-2020-12',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema instanceof z.core.$ZodPipe) describePipe(zodSchema, jsonSchema)
    },
  })
  return written
}

const notedSchemaOf = (topic: TopicDeclaration): JsonObject => {
  const noted = withNotes(writtenSchemaOf(topic.schema))
  return isObject(noted) ? noted : {}
}

/**
 * The JSON Schema (2020-12) of what is written to a topic: the record value, or the headers where the value is
 * a film. Rules that look beyond one field or a pattern are checked by the engine alone.
 */
export const jsonSchemaOf = (topic: TopicDeclaration): JsonObject => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `urn:osteostream:schema:${eventNameOf(topic).replace('.', ':')}`,
  title: eventNameOf(topic),
  description:
    topic.encoding === 'film'
      ? `Headers of a record of ${topic.name}: ${topic.summary}.`
      : `Value of a record of ${topic.name}: ${topic.summary}.`,
  ...notedSchemaOf(topic),
})
