import { withheldTopic } from '../../contracts/topics.ts'
import { encodeJsonEvent } from '../../runtime/json-event.ts'
import type { RecordPublisher } from '../../runtime/kafka/types.ts'
import { keepTrying, type Pause } from '../../runtime/keep-trying.ts'
import type { Logger } from '../../runtime/logger.ts'
import { withSiteSignature } from '../../runtime/vouched-record.ts'
import type { Keyring } from '../publish-arrival.ts'
import type { SpoolEntry } from '../spool.ts'
import type { SealedInbox } from './film-inbox.ts'

/** Books the number of a film that must not leave the clinic, and drops the film. */
export type WithholdFilm = (entry: SpoolEntry) => Promise<void>

const longestWaitMs = 10_000

/**
 * Creates what withholds films of people who opted out. First Kafka has the number, signed by the site, then the film goes:
 * the sequence stays complete, and nothing of the film or the person is said.
 */
export const createWithholdFilm =
  (deps: {
    readonly publisher: Pick<RecordPublisher, 'publish'>
    readonly inbox: Pick<SealedInbox, 'remove'>
    readonly keysOf: Keyring
    readonly now: () => Date
    readonly logger: Logger
    readonly pause: Pause
    readonly signal: AbortSignal
  }): WithholdFilm =>
  async ({ handle, arrival }) => {
    const { siteId, spoolId, sequence } = arrival
    const keys = await deps.keysOf(siteId)
    const time = deps.now().toISOString()
    const metadata = { id: `${spoolId}/${sequence}`, source: `/sites/${siteId}`, subject: siteId, time }
    const record = encodeJsonEvent(withheldTopic, siteId, metadata, { siteId, spoolId, sequence, at: time })
    const { keyId, privateKey } = keys.signing
    const signed = withSiteSignature({ siteId, keyId, privateKey }, withheldTopic, record)
    const stored = await keepTrying(() => deps.publisher.publish(withheldTopic, signed), {
      what: 'withheld number not stored, trying again',
      isWanted: () => !deps.signal.aborted,
      pause: (ms) => deps.pause(ms, deps.signal),
      longestWaitMs,
      logger: deps.logger,
    })
    if (stored !== undefined) await deps.inbox.remove(handle)
  }
