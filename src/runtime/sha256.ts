import { hash } from 'node:crypto'

/** SHA-256 in lower-case hex. */
export const sha256Of = (data: string | Uint8Array): string => hash('sha256', data)
