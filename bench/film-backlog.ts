/** Films that wait in Kafka for a screening process to be measured. */
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { signedText } from '../src/contracts/image-event.ts'
import { imagesTopic } from '../src/contracts/topics.ts'
import { gateFilm } from '../src/producers/gate-film.ts'
import { seededSiteKeys } from '../src/producers/site-keys.ts'
import type { RecordPublisher } from '../src/runtime/kafka/types.ts'
import { describeClinics } from '../src/simulation/clinics/describe-clinics.ts'
import { createMakeFile } from '../src/simulation/clinics/make-file.ts'
import { hex } from '../test/support/results.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')

/** A dozen films of one simulated clinic, square, as its gate lets them out. */
export const drawFilms = async (filmSize: number): Promise<Uint8Array[]> => {
  const clinics = describeClinics({ clinics: 1, regions: 1, seed: 3 })
  const make = createMakeFile({ clinics, seed: 3, filmSize })
  const keys = seededSiteKeys({ siteId: clinics[0]?.siteId ?? '', seed: 3 })
  const drawn: Uint8Array[] = []
  for (let film = 0; film < 12; film += 1) {
    const at = '2026-03-01T10:00:00.000Z'
    const planned = {
      index: film,
      siteId: clinics[0]?.siteId ?? '',
      kind: 'film',
      sentAt: at,
      film,
      person: film,
      view: 'pelvis',
      acquiredAt: at,
    } as const
    const gated = await gateFilm((await make(planned)).bytes, keys)
    if (gated.kind === 'passed') drawn.push(gated.film)
  }
  return drawn
}

const headersOf = (film: Uint8Array): Record<string, string> => {
  const contentSha256 = createHash('sha256').update(film).digest('hex')
  const event = {
    arrivalId: randomUUID(),
    eventId: hex(randomUUID()),
    siteId: 'bench',
    receivedAt: '2026-03-01T10:00:00.000Z',
    contentSha256,
  }
  return {
    'content-type': 'application/dicom',
    ce_specversion: '1.0',
    ce_type: imagesTopic.eventType,
    ce_source: '/sites/bench',
    ce_id: event.arrivalId,
    ce_subject: event.eventId,
    ce_time: event.receivedAt,
    ce_siteid: event.siteId,
    ce_sitesig: sign(null, Buffer.from(signedText(event)), privateKey).toString('base64'),
    ce_sitekeyid: 'k',
    ce_contentsize: String(film.length),
    ce_contentsha256: contentSha256,
    ce_subjectkey: hex('person'),
    ce_attempt: '1',
    ce_attributes: JSON.stringify({ ageBand: '70-74' }),
  }
}

/** The site that signs the films. */
export const site = {
  siteId: 'bench',
  name: 'bench',
  region: 'bench',
  timeZone: 'UTC',
  domain: 'synthetic' as const,
  validFrom: '2020-01-01T00:00:00.000Z',
  keys: [
    {
      keyId: 'k',
      publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
      validFrom: '2020-01-01T00:00:00.000Z',
    },
  ],
}

/** Publishes that many films, the given ones over and over, each as an arrival of its own. */
export const publishBacklog = async (
  publisher: RecordPublisher,
  drawn: readonly Uint8Array[],
  films: number,
): Promise<void> => {
  for (let index = 0; index < films; index += 1) {
    const film = drawn[index % drawn.length]
    if (film === undefined) return
    await publisher.publish(imagesTopic, { key: hex(String(index)), value: film, headers: headersOf(film) })
  }
}
