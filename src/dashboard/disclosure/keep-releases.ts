import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { systemCodeOf } from '../../runtime/errors.ts'
import type { CountedMonth } from '../ports.ts'
import { type Release, releaseMonths, releasesSchema } from './release-months.ts'

const readFrom = async (path: string): Promise<readonly Release[]> => {
  try {
    return releasesSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return []
    throw error
  }
}

const writeTo = async (path: string, releases: readonly Release[]): Promise<void> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(`${path}.tmp`, JSON.stringify(releases), { mode: 0o600, flush: true })
  await rename(`${path}.tmp`, path)
}

/**
 * Releases counts to pages, and keeps what was released: a restart must not let a figure move by one person. Order: what is
 * released is on disk before anybody sees it.
 */
export const openReleases = async (options: {
  readonly path: string
  readonly threshold: number
  readonly now: () => Date
}) => {
  let current = await readFrom(options.path)
  return {
    release: async (counted: readonly CountedMonth[]): Promise<readonly Release[]> => {
      const next = releaseMonths(current, counted, options.threshold, options.now())
      if (next.some((release) => !current.includes(release))) await writeTo(options.path, next)
      current = next
      return current
    },
  }
}
export type Releases = Awaited<ReturnType<typeof openReleases>>
