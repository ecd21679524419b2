import { sha256Of } from './sha256.ts'

/** A UUID (RFC 9562, version 8) that follows from names: what is made twice replaces itself. */
export const uuidOf = (...names: readonly (string | number)[]): string => {
  const digits = sha256Of(JSON.stringify(names))
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`
}
