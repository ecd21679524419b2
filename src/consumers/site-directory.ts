import type { SiteDirectory } from '../contracts/ports.ts'
import { holdsAt, type Site, siteEntryKeyOf } from '../contracts/site.ts'
import { sitesTopic } from '../contracts/topics.ts'
import { type FollowTopicOptions, followTopic } from '../runtime/kafka/follow-topic.ts'
import type { ConsumedRecord } from '../runtime/kafka/types.ts'
import type { Running } from '../runtime/lifecycle.ts'
import { createReadEngineRecord, type EngineRecordDeps } from './read-engine-record.ts'

type Entry = { readonly site: Site | undefined; readonly time: string }

/**
 * Entries of the registry by record key, and how to find the one that holds. Only records with the engine's MAC count, and
 * of those of one key the latest by its own time: a record that somebody sends again undoes no revocation.
 */
export const createSiteRegister = (deps: EngineRecordDeps) => {
  const read = createReadEngineRecord(deps, sitesTopic, 'site entry')
  const bySite = new Map<string, Map<string, Entry>>()
  const note = (key: string, entry: Entry): void => {
    const siteId = key.split('@')[0] ?? ''
    const entries = bySite.get(siteId) ?? new Map<string, Entry>()
    bySite.set(siteId, entries)
    const known = entries.get(key)
    if (known === undefined || known.time <= entry.time) entries.set(key, entry)
  }
  const apply = (record: ConsumedRecord): void => {
    const [key, time] = [record.key ?? '', record.headers['ce_time'] ?? '']
    const said = read(record)
    if (said === undefined) return
    const site = said.kind === 'entry' ? said.data : undefined
    if (site === undefined || key === siteEntryKeyOf(site)) return note(key, { site, time })
    const fields = { offset: record.offset.toString(), runbook: 'docs/runbook/unverified-records.md' }
    deps.logger.error(fields, 'site entry under another key refused')
  }
  const find = (siteId: string, instant: string): Site | undefined =>
    [...(bySite.get(siteId)?.values() ?? [])]
      .flatMap(({ site }) => (site !== undefined && holdsAt(site, instant) ? [site] : []))
      .toSorted((a, b) => (a.validFrom < b.validFrom ? 1 : -1))[0]
  return { apply, find }
}

/** Follows the site registry; the answer is ready once all entries published so far are known. */
export const followSites = async (
  options: Omit<FollowTopicOptions, 'topic' | 'apply'> & EngineRecordDeps,
): Promise<SiteDirectory & Running> => {
  const register = createSiteRegister(options)
  const followed = await followTopic({ ...options, topic: sitesTopic.name, apply: register.apply })
  await followed.catchUp()
  return { find: register.find, refresh: coalesced(followed.catchUp), stop: followed.stop }
}

/** Many who ask at once share one look: records of unknown senders must not cost a question to Kafka each. */
const coalesced = (work: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | undefined
  return () => {
    running ??= work().finally(() => {
      running = undefined
    })
    return running
  }
}
