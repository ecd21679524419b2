import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { instantSchema } from '../contracts/identifiers.ts'
import { type Site, siteEntryKeyOf, siteKeySchema, siteSchema } from '../contracts/site.ts'
import { sitesTopic } from '../contracts/topics.ts'
import { messageOf, SetupError } from '../runtime/errors.ts'
import { encodeJsonEvent } from '../runtime/json-event.ts'
import type { RecordPublisher } from '../runtime/kafka/types.ts'
import type { SiteKeys } from './site-keys.ts'

/** Since when an entry holds that does not say: applied again, it replaces itself. */
const always = '1970-01-01T00:00:00.000Z'

/** A site as a person writes it: its keys may be left to the machine, and its period to the beginning. */
export const siteDraftSchema = z.strictObject({
  ...siteSchema.shape,
  keys: z.array(siteKeySchema).min(1).optional(),
  validFrom: instantSchema.default(always),
})
export type SiteDraft = z.input<typeof siteDraftSchema>

const fileSchema = z.array(siteDraftSchema).min(1, 'must hold at least one site')

const pathOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')

const unreadable = (file: string, why: string, cause?: unknown): SetupError =>
  new SetupError(
    'FILE_UNREADABLE',
    `${file} is not a list of sites: ${why}`,
    'write a JSON array of objects with siteId, name, region, timeZone and domain (synthetic or real)',
    { cause },
  )

const parseJson = async (file: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw unreadable(file, messageOf(error), error)
  }
}

/** Reads a file of sites. Throws SetupError FILE_UNREADABLE that names the entry, the field and what it takes. */
export const readSitesFile = async (file: string): Promise<z.output<typeof fileSchema>> => {
  const parsed = fileSchema.safeParse(await parseJson(file))
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `sites${pathOf(issue.path)}: ${issue.message}`)
    throw unreadable(file, faults.join('; '))
  }
  const keys = parsed.data.map(siteEntryKeyOf)
  const twice = keys.find((key, index) => keys.indexOf(key) !== index)
  if (twice !== undefined) throw unreadable(file, `${twice} stands there twice`)
  return parsed.data
}

/** The registry entry of a site whose keys are kept on this machine. */
export const siteOf = (draft: SiteDraft, keys: Pick<SiteKeys, 'signing'>): Site => {
  const { keyId, publicKey } = keys.signing
  const parsed = siteDraftSchema.parse(draft)
  return siteSchema.parse({
    ...parsed,
    keys: parsed.keys ?? [{ keyId, publicKey, validFrom: parsed.validFrom }],
  })
}

/**
 * Publishes an entry of the site registry; it replaces the one of the same site and beginning. The publisher vouches for it
 * with the engine's MAC: without that nobody believes the entry.
 */
export const registerSite = async (
  deps: { publisher: Pick<RecordPublisher, 'publish'>; now: () => Date },
  site: Site,
): Promise<void> => {
  const key = siteEntryKeyOf(site)
  const time = deps.now().toISOString()
  const metadata = { id: `${key}/${time}`, source: `/sites/${site.siteId}`, subject: site.siteId, time }
  await deps.publisher.publish(sitesTopic, encodeJsonEvent(sitesTopic, key, metadata, site))
}
