import { randomUUID } from 'node:crypto'
import type { FilmRecord } from '../../../src/contracts/film-record.ts'
import { partitionOf } from '../../../src/contracts/partition-of.ts'
import type { Site } from '../../../src/contracts/site.ts'
import { imagesTopic } from '../../../src/contracts/topics.ts'
import { mintArrivalId } from '../../../src/producers/arrival-id.ts'
import { imageRecordOf } from '../../../src/producers/image-record.ts'
import { siteOf } from '../../../src/producers/register-site.ts'
import { signArrival } from '../../../src/producers/sign-arrival.ts'
import { seededSiteKeys } from '../../../src/producers/site-keys.ts'
import type { SpooledArrival } from '../../../src/producers/spool.ts'
import { sha256Of } from '../../../src/runtime/sha256.ts'

/** When Kafka got a film of a test. */
export const appendedAt = '2026-03-10T12:00:00.000Z'
export const engineKey = Buffer.alloc(32, 7)
export const clockLimits = { epoch: '2020-01-01T00:00:00.000Z', spoolLimitMs: 30 * 24 * 3600 * 1000 }

export const keysOf = (siteId: string) => seededSiteKeys({ siteId, seed: 'pipeline' })

/** The registry entry of a clinic of a test. */
export const siteFor = (siteId: string, more: Partial<Site> = {}): Site => ({
  ...siteOf(
    { siteId, name: siteId, region: 'south', timeZone: 'Europe/Lisbon', domain: 'synthetic' },
    keysOf(siteId),
  ),
  ...more,
})

export const directoryOf = (...sites: readonly Site[]) => ({
  find: (siteId: string) => sites.find((site) => site.siteId === siteId),
  refresh: async () => {},
})

const film = Buffer.from('a film without a name')

/** The record of a film as its clinic publishes it, where its key belongs. */
export const signedRecord = (
  siteId = 'lisbon',
  given: Partial<SpooledArrival> & { readonly sentAt?: Date } = {},
): FilmRecord => {
  const { sentAt, ...more } = given
  const receivedAt = new Date(more.receivedAt ?? '2026-03-10T11:59:00.000Z')
  const arrival: SpooledArrival = {
    arrivalId: mintArrivalId(receivedAt),
    eventId: sha256Of(`film of ${siteId}`),
    siteId,
    spoolId: randomUUID(),
    sequence: 1,
    receivedAt: receivedAt.toISOString(),
    subjectKey: sha256Of('person'),
    subjectFrom: 'patient',
    contentType: 'application/dicom',
    contentSize: film.length,
    contentSha256: sha256Of(film),
    attributes: { ageBand: '70-74' },
    lane: 'live',
    ...more,
  }
  const signed = signArrival(keysOf(siteId), arrival, sentAt ?? receivedAt)
  const { key, headers } = imageRecordOf(signed, film, { traceparent: undefined, dataref: undefined })
  const partition = partitionOf(key, imagesTopic.partitions)
  return {
    position: { topic: imagesTopic.name, partition, offset: '17' },
    key,
    timestamp: appendedAt,
    headers,
    value: film,
  }
}
