import { randomUUID } from 'node:crypto'
import { type Announcement, announcementSchema } from '../contracts/announcement.ts'
import { announcementsTopic } from '../contracts/topics.ts'
import { encodeJsonEvent } from '../runtime/json-event.ts'
import type { RecordPublisher } from '../runtime/kafka/types.ts'
import { failed, type Outcome, ok } from '../runtime/outcome.ts'

export type AnnounceDeps = {
  readonly publisher: Pick<RecordPublisher, 'publish'>
  /** Whether the registry knows a clinic. */
  readonly isKnown: (siteId: string) => Promise<boolean>
  readonly now: () => Date
}

/** What is announced, as a person says it. */
export type AnnouncedDraft = Omit<Announcement, 'announcementId' | 'at'>

/** Announces a change at a clinic: the monitor hears it as a witness. */
export type AnnounceChange = (
  draft: AnnouncedDraft,
) => Promise<Outcome<Announcement, never, 'NOT_AN_ANNOUNCEMENT' | 'NO_SUCH_CLINIC'>>

/** Creates the announcement of changes; what the contract refuses, or names no clinic, is not sent. */
export const createAnnounceChange =
  ({ publisher, isKnown, now }: AnnounceDeps): AnnounceChange =>
  async (draft) => {
    const parsed = announcementSchema.safeParse({
      ...draft,
      announcementId: randomUUID(),
      at: now().toISOString(),
    })
    if (!parsed.success) {
      const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
      return failed('NOT_AN_ANNOUNCEMENT', faults.join('; '))
    }
    const { data } = parsed
    if (!(await isKnown(data.siteId)))
      return failed('NO_SUCH_CLINIC', `the registry knows no clinic ${data.siteId}`)
    const metadata = {
      id: data.announcementId,
      subject: data.siteId,
      source: '/announcements',
      time: data.at,
    }
    await publisher.publish(
      announcementsTopic,
      encodeJsonEvent(announcementsTopic, data.siteId, metadata, data),
    )
    return ok(data)
  }
