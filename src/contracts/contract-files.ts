import { asyncApiDocument } from './async-api.ts'
import { type JsonObject, jsonSchemaOf, schemaFileOf } from './json-schemas.ts'
import { deadLetterCodes, filmWarnings, rejectionReasons } from './reasons.ts'
import { refusalText } from './refusal-texts.ts'
import { topicOfEachEvent } from './topics.ts'

/** A generated file: its path under the folder of the contracts, and its whole text. */
export type ContractFile = { readonly path: string; readonly text: string }

const deadLetterPage = 'docs/runbook/dead-letters.md'

const reasonsDocument = (): JsonObject => ({
  rejections: rejectionReasons.map((reason) => ({ reason, advice: refusalText(reason) })),
  warnings: filmWarnings,
  deadLetters: deadLetterCodes.map((code) => ({
    code,
    advice: refusalText(code),
    runbook: `${deadLetterPage}#${code.toLowerCase()}`,
  })),
})

/** Keys in the order of their characters; lists keep their order, except the names of required fields. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(
    entries.map(([key, entry]) => [
      key,
      key === 'required' && Array.isArray(entry) ? entry.map(String).toSorted() : sorted(entry),
    ]),
  )
}

const formatted = (document: JsonObject): string => `${JSON.stringify(sorted(document), null, 2)}\n`

/** Every generated contract, by path; the same bytes on every run. */
export const contractFiles = (): readonly ContractFile[] =>
  [
    { path: 'asyncapi.json', text: formatted(asyncApiDocument()) },
    { path: 'reasons.json', text: formatted(reasonsDocument()) },
    ...topicOfEachEvent.map((topic) => ({ path: schemaFileOf(topic), text: formatted(jsonSchemaOf(topic)) })),
  ].toSorted((a, b) => (a.path < b.path ? -1 : 1))
