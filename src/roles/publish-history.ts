import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { HistoryReading } from '../contracts/history-reading.ts'
import { historyTopic } from '../contracts/topics.ts'
import { registerSite, siteOf } from '../producers/register-site.ts'
import type { SiteKeys } from '../producers/site-keys.ts'
import { writeDurably } from '../runtime/durable-file.ts'
import { SetupError } from '../runtime/errors.ts'
import { encodeJsonEvent } from '../runtime/json-event.ts'
import type { RecordPublisher } from '../runtime/kafka/types.ts'
import { readIfThere } from '../runtime/read-if-there.ts'
import { withEngineMac } from '../runtime/vouched-record.ts'
import { siteDraftOf } from '../simulation/clinics/describe-clinics.ts'
import { createHistoryDrawer, type HistoryDrawer } from '../simulation/history/draw-history.ts'
import { type HistoryPlan, planHistory } from '../simulation/history/history-plan.ts'
import { readLibrary } from '../simulation/history/reading-library.ts'
import { loadEngineKey } from './engine-key.ts'
import { type Connections, openControlPublisher } from './open-engine.ts'
import type { Process } from './open-process.ts'

export type HistoryOptions = {
  readonly seed: number
  /** The day (`YYYY-MM-DD`) before whose week it ends. */
  readonly until: string
  /** The keys of a clinic that the registry does not know yet. */
  readonly keysOf: (siteId: string) => Promise<Pick<SiteKeys, 'signing'>>
  readonly isWanted: () => boolean
  /** Other work of this process comes first: each week is followed by a rest as long as it took. */
  readonly isPatient?: boolean
  readonly onWeek?: (published: number, weeks: number) => void
}

const knownSchema = z.object({ siteId: z.string(), domain: z.enum(['synthetic', 'real']) })

/** Registers the clinics that are not there yet. Throws SetupError where one of them has real people. */
const registerClinics = async (
  { clickhouse }: Pick<Connections, 'clickhouse'>,
  publisher: Pick<RecordPublisher, 'publish'>,
  { clinics }: HistoryPlan,
  keysOf: HistoryOptions['keysOf'],
): Promise<void> => {
  const rows = await clickhouse.query(
    'SELECT site_id AS siteId, toString(domain) AS domain FROM sites FINAL',
    {},
    knownSchema,
  )
  const known = new Map(rows.map(({ siteId, domain }) => [siteId, domain]))
  const real = clinics.find(({ siteId }) => known.get(siteId) === 'real')
  if (real !== undefined)
    throw new SetupError(
      'SETTING_INVALID',
      `the clinic ${real.siteId} has real people: drawn people must not stand beside them`,
      'publish the history of a demonstration on a data folder of its own',
    )
  for (const clinic of clinics.filter(({ siteId }) => !known.has(siteId)))
    await registerSite(
      { publisher, now: () => new Date() },
      siteOf(siteDraftOf(clinic), await keysOf(clinic.siteId)),
    )
}

/** The record of a drawn person, for which the engine vouches. */
export const historyRecordOf = (engineKey: Uint8Array, reading: HistoryReading) => {
  const { historyId: id, siteId, receivedAt: time } = reading
  const metadata = { id, subject: siteId, source: '/history', time }
  return withEngineMac(engineKey, historyTopic, encodeJsonEvent(historyTopic, siteId, metadata, reading))
}

const untilSchema = z.object({ seed: z.int(), until: z.iso.date() })

/**
 * The day before whose week the history of a seed ends on a data folder: today at first, and the same day ever after, for a
 * history that moves on with the calendar would rewrite what was said of it.
 */
export const historyUntil = async (dataDir: string, seed: number, today: string): Promise<string> => {
  const file = join(dataDir, 'history.json')
  const text = await readIfThere(file)
  const known = text === undefined ? undefined : untilSchema.safeParse(JSON.parse(text.toString())).data
  if (known?.seed === seed) return known.until
  await writeDurably(file, Buffer.from(JSON.stringify({ seed, until: today })))
  return today
}

/** Records that are sent at once. */
const sentAtOnce = 500

const publishWeek = async (
  publisher: Pick<RecordPublisher, 'publishMany'>,
  engineKey: Uint8Array,
  people: ReturnType<HistoryDrawer>,
): Promise<number> => {
  const records = people.map(({ reading }) => historyRecordOf(engineKey, reading))
  for (let from = 0; from < records.length; from += sentAtOnce)
    await publisher.publishMany(historyTopic, records.slice(from, from + sentAtOnce))
  return records.length
}

/** The plan of a history and who draws its people. */
export const openHistory = async (of: Pick<HistoryOptions, 'seed' | 'until'>) => {
  const plan = planHistory(of)
  return { plan, draw: createHistoryDrawer({ plan, library: await readLibrary() }) }
}

/**
 * Publishes a history: 1. its clinics are registered, 2. its people go to their topic with the engine's MAC, the newest week
 * first. Published again for the same seed and week, the same records replace themselves. Answers how many people.
 */
export const publishHistory = async (
  process: Process,
  connections: Connections,
  options: HistoryOptions,
): Promise<number> => {
  const { plan, draw } = await openHistory(options)
  const engineKey = await loadEngineKey(process.settings)
  await registerClinics(connections, await openControlPublisher(process, connections), plan, options.keysOf)
  const publisher = await connections.kafka.connectPublisher()
  process.lifecycle.add('history publisher', publisher.stop)
  const weeks = plan.weeks.map((_, week) => week).toReversed()
  let people = 0
  for (const [done, week] of weeks.entries()) {
    if (!options.isWanted()) break
    const startedAt = performance.now()
    people += await publishWeek(publisher, engineKey, draw(week))
    if (options.isPatient === true) await delay(performance.now() - startedAt)
    options.onWeek?.(done + 1, weeks.length)
  }
  return people
}
