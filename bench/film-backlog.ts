/** Films that wait in Kafka for a screening process to be measured. */
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto'
import { imagesTopic } from '../src/contracts/topics.ts'
import { mintArrivalId } from '../src/producers/arrival-id.ts'
import { gateFilm } from '../src/producers/gate-film.ts'
import { imageRecordOf } from '../src/producers/image-record.ts'
import { signArrival } from '../src/producers/sign-arrival.ts'
import { seededSiteKeys } from '../src/producers/site-keys.ts'
import type { OutgoingRecord, RecordPublisher } from '../src/runtime/kafka/types.ts'
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

/** The image record of an arrival of its own. */
const recordOf = (film: Uint8Array, sequence: number): OutgoingRecord => {
  const receivedAt = new Date()
  const keys = { signing: { keyId: 'k', privateKey, publicKey: '' } }
  const arrival = {
    arrivalId: mintArrivalId(receivedAt),
    eventId: hex(randomUUID()),
    siteId: 'bench',
    spoolId,
    sequence,
    receivedAt: receivedAt.toISOString(),
    subjectKey: hex('person'),
    subjectFrom: 'patient',
    contentType: 'application/dicom',
    contentSize: film.length,
    contentSha256: createHash('sha256').update(film).digest('hex'),
    attributes: { ageBand: '70-74' },
    lane: 'live',
  } as const
  return imageRecordOf(signArrival(keys, arrival, receivedAt), film, {
    traceparent: undefined,
    dataref: undefined,
  })
}

const spoolId = randomUUID()

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
    await publisher.publish(imagesTopic, recordOf(film, index + 1))
  }
}
