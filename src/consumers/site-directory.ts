import type { SiteDirectory } from '../contracts/ports.ts'
import { holdsAt, type Site } from '../contracts/site.ts'
import { sitesTopic } from '../contracts/topics.ts'
import { decodeJsonEvent } from '../runtime/json-event.ts'
import { type FollowTopicOptions, followTopic } from '../runtime/kafka/follow-topic.ts'
import type { ConsumedRecord } from '../runtime/kafka/types.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'

/** Entries of the registry by record key, and how to find the one that holds. */
export const createSiteRegister = (logger: Logger) => {
  const bySite = new Map<string, Map<string, Site>>()
  const apply = (record: ConsumedRecord): void => {
    const key = record.key ?? ''
    const siteId = key.split('@')[0] ?? ''
    const entries = bySite.get(siteId) ?? new Map<string, Site>()
    bySite.set(siteId, entries)
    if (record.value.length === 0) {
      entries.delete(key)
      return
    }
    const decoded = decodeJsonEvent(sitesTopic, record)
    if (decoded.kind === 'ok') entries.set(key, decoded.data)
    else logger.warn({ offset: record.offset.toString() }, 'site entry cannot be read')
  }
  const find = (siteId: string, instant: string): Site | undefined =>
    [...(bySite.get(siteId)?.values() ?? [])]
      .filter((site) => holdsAt(site, instant))
      .toSorted((a, b) => (a.validFrom < b.validFrom ? 1 : -1))[0]
  return { apply, find }
}

/** Follows the site registry; the answer is ready once all entries published so far are known. */
export const followSites = async (
  options: Omit<FollowTopicOptions, 'topic' | 'apply'> & { logger: Logger },
): Promise<SiteDirectory & Running> => {
  const register = createSiteRegister(options.logger)
  const followed = await followTopic({ ...options, topic: sitesTopic.name, apply: register.apply })
  await followed.catchUp()
  return { find: register.find, refresh: followed.catchUp, stop: followed.stop }
}
