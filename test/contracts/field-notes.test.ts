import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { contractFiles } from '../../src/contracts/contract-files.ts'
import { fieldNotes } from '../../src/contracts/field-notes.ts'
import { imageHeadersSchema } from '../../src/contracts/image-event.ts'
import { receiptSchema } from '../../src/contracts/receipt.ts'

const schemas = contractFiles()
  .filter((file) => file.path.startsWith('schemas/'))
  .map((file): unknown => JSON.parse(file.text))

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** Every field that a schema declares, with its description. */
const fieldsOf = (schema: unknown): (readonly [string, unknown])[] => {
  if (!isObject(schema)) return []
  const inner = Object.values(schema).flatMap(fieldsOf)
  const { properties } = schema
  if (!isObject(properties)) return inner
  const own = Object.entries(properties).map(
    ([name, field]) => [name, isObject(field) ? field['description'] : undefined] as const,
  )
  return [...own, ...inner]
}

describe('field notes', () => {
  test('each explains a field that a schema has, and no field has the note of another', () => {
    const fields = schemas.flatMap(fieldsOf)
    for (const [name, description] of fields) assert.equal(description, fieldNotes[name], name)
    const declared = new Set(fields.map(([name]) => name))
    for (const name of Object.keys(fieldNotes)) assert.ok(declared.has(name), name)
  })

  test('no header of an image and no field of a receipt goes without', () => {
    const names = [...Object.keys(imageHeadersSchema.shape), ...Object.keys(receiptSchema.shape)]
    for (const name of names) assert.match(fieldNotes[name] ?? '', /^.{5,}\.$/, name)
  })
})
