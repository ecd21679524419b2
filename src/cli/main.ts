import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Half of a command's start is reading its code; where the folder cannot be written, it is read each time.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/osteostream', import.meta.url)))
const { buildProgram } = await import('./program.ts')
const { reportFailure } = await import('./report-failure.ts')

try {
  await buildProgram().parseAsync()
} catch (error) {
  reportFailure(error)
}
