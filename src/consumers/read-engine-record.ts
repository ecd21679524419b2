import { decodeJsonEvent, type JsonTopic } from '../runtime/json-event.ts'
import type { ConsumedRecord } from '../runtime/kafka/types.ts'
import type { Logger } from '../runtime/logger.ts'
import { hasEngineMac } from '../runtime/vouched-record.ts'

/** What reading the engine's own records needs. */
export type EngineRecordDeps = { readonly logger: Logger; readonly engineKey: Uint8Array }

/** What a record says: an entry, or that the entry of its key is gone; undefined where it counts for nothing. */
export type EngineRecord<Data> =
  | { readonly kind: 'entry'; readonly data: Data }
  | { readonly kind: 'gone' }
  | undefined

/**
 * Reads records of a topic that only the engine may write. One without the engine's MAC, or that does not match the schema
 * of its topic, is told to the log and counts for nothing; `what` names one of them there.
 */
export const createReadEngineRecord = <Data>(
  { logger, engineKey }: EngineRecordDeps,
  topic: JsonTopic<Data>,
  what: string,
): ((record: ConsumedRecord) => EngineRecord<Data>) => {
  return (record) => {
    const fields = { offset: record.offset.toString(), runbook: 'docs/runbook/unverified-records.md' }
    if (!hasEngineMac(engineKey, record)) {
      logger.error(fields, `${what} without the MAC of the engine refused`)
      return undefined
    }
    if (record.value.length === 0) return { kind: 'gone' }
    const decoded = decodeJsonEvent(topic, record)
    if (decoded.kind === 'ok') return { kind: 'entry', data: decoded.data }
    logger.warn(fields, `${what} cannot be read`)
    return undefined
  }
}
