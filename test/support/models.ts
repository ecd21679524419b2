import { fileURLToPath } from 'node:url'

/** The packages that are shipped. */
export const modelsDir: string = fileURLToPath(new URL('../../models', import.meta.url))
