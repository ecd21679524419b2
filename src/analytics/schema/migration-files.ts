import { hash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One step of the schema; a step that has been shipped is never edited. */
export type Migration = {
  readonly name: string
  /** SHA-256 of the file. */
  readonly checksum: string
  readonly statements: readonly string[]
}

const folder = join(import.meta.dirname, 'migrations')

/** The steps that this version knows, in order. */
export const readMigrations = async (): Promise<readonly Migration[]> => {
  const names = (await readdir(folder)).filter((name) => /^\d{4}-[a-z-]+\.sql$/.test(name)).toSorted()
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(folder, name), 'utf8')
      const statements = text
        .split(/;\s*\n/)
        .map((statement) => statement.trim())
        .filter((statement) => statement !== '')
      return { name, checksum: hash('sha256', text), statements }
    }),
  )
}
