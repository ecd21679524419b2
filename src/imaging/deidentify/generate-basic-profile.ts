/**
 * Writes `basic-profile.json` from the rows of PS3.15 table E.1-1: `node generate-basic-profile.ts ROWS.json`. A test
 * fails where the file is not what this makes.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'

const rowsSchema = z.array(
  z.object({
    id: z.string(),
    basicProfile: z.string(),
    rtnPatCharsOpt: z.string().optional(),
  }),
)

/** The rows of odd groups stand for all private attributes, which have no number. */
const isPrivate = (id: string): boolean => id.startsWith('gggg')

/** The text of the data file, from the text of the rows. */
export const basicProfileText = (rows: string): string => {
  const attributes = rowsSchema
    .parse(JSON.parse(rows))
    .filter(({ id }) => !isPrivate(id))
    .map(({ id, basicProfile, rtnPatCharsOpt }) => [
      id.toLowerCase(),
      rtnPatCharsOpt === undefined ? basicProfile : `${basicProfile} ${rtnPatCharsOpt}`,
    ])
    .toSorted(([one = ''], [other = '']) => one.localeCompare(other))
  const file = { edition: 'PS3.15 2024b, table E.1-1', attributes: Object.fromEntries(attributes) }
  return `${JSON.stringify(file, null, 2)}\n`
}

/** Where the data file stands. */
export const basicProfilePath = join(import.meta.dirname, 'basic-profile.json')

const [, script, rows] = process.argv
if (script !== undefined && rows !== undefined && import.meta.url === pathToFileURL(script).href)
  writeFileSync(basicProfilePath, basicProfileText(readFileSync(rows, 'utf8')))
