/** Writes the files below deploy/ that are made from the source: `npm run deploy`. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generatedFiles } from './generators/generated-files.ts'

for (const { path, text } of generatedFiles()) await writeFile(join(import.meta.dirname, path), text)
