import { dirname } from 'node:path'
import type { ReportedMonth } from '../../contracts/reported-month.ts'
import { writeDurably } from '../../runtime/durable-file.ts'
import { makeFolder } from '../../runtime/make-folder.ts'
import { readIfThere } from '../../runtime/read-if-there.ts'
import { type Release, releaseMonths, releasesSchema } from './release-months.ts'

const readFrom = async (path: string): Promise<readonly Release[]> => {
  const bytes = await readIfThere(path)
  return bytes === undefined ? [] : releasesSchema.parse(JSON.parse(bytes.toString('utf8')))
}

const writeTo = async (path: string, releases: readonly Release[]): Promise<void> => {
  await makeFolder(dirname(path), 0o700)
  await writeDurably(path, Buffer.from(JSON.stringify(releases)))
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
    release: async (counted: readonly ReportedMonth[]): Promise<readonly Release[]> => {
      const next = releaseMonths(current, counted, options.threshold, options.now())
      if (next.some((release) => !current.includes(release))) await writeTo(options.path, next)
      current = next
      return current
    },
  }
}
export type Releases = Awaited<ReturnType<typeof openReleases>>
