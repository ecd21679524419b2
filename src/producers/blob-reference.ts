import { sha256Schema } from '../contracts/identifiers.ts'

const referencePattern = /^blob:sha256:([0-9a-f]{64})$/

/** The reference of a film in the store. */
export const blobReferenceOf = (sha256: string): string => `blob:sha256:${sha256Schema.parse(sha256)}`

/** The hash that a reference names: `blob:sha256:<hex>` and nothing else, so that a record opens nothing else. */
export const blobHashOf = (reference: string): string | undefined => referencePattern.exec(reference)?.[1]

/** Where the film of a hash lies, under the folder or bucket of its store. */
export const blobPathOf = (sha256: string): readonly [part: string, name: string] => [
  sha256.slice(0, 2),
  sha256,
]
