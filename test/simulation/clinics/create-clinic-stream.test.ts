import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { decodeFilm } from '../../../src/imaging/decode-film.ts'
import { readFilmHeader } from '../../../src/imaging/read-film-header.ts'
import { silentLogger } from '../../../src/runtime/logger.ts'
import {
  type ClinicDelivery,
  type ClinicStreamOptions,
  createClinicStream,
} from '../../../src/simulation/clinics/create-clinic-stream.ts'
import { deliveryKinds, expectedBooking } from '../../../src/simulation/clinics/delivery-kinds.ts'
import { describeClinics } from '../../../src/simulation/clinics/describe-clinics.ts'
import { createMakeFile } from '../../../src/simulation/clinics/make-file.ts'
import { type PlannedDelivery, planDeliveries } from '../../../src/simulation/clinics/plan-deliveries.ts'

const options: ClinicStreamOptions = {
  clinics: 3,
  regions: 3,
  studies: 12,
  seed: 5,
  until: new Date('2026-06-30T12:00:00.000Z'),
  filmSize: 96,
  logger: silentLogger,
}

const collect = async (changes: Partial<ClinicStreamOptions> = {}): Promise<ClinicDelivery[]> => {
  const deliveries: ClinicDelivery[] = []
  for await (const delivery of createClinicStream({ ...options, ...changes })) deliveries.push(delivery)
  return deliveries
}

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const digest = (deliveries: readonly ClinicDelivery[]): string[] =>
  deliveries.map(({ bytes, ...rest }) => JSON.stringify({ ...rest, bytes: sha256Of(bytes) }))

describe('the stream of simulated clinics', () => {
  test('same seed, same bytes in the same order, whatever the number of workers; another seed, others', async () => {
    const one = await collect({ workers: 1 })
    assert.deepEqual(digest(await collect({ workers: 2 })), digest(one))
    assert.deepEqual(digest(await collect({ skip: 8 })), digest(one).slice(8))
    assert.notDeepEqual(digest(await collect({ seed: 6 })), digest(one))
  })

  test('says before it starts what it sends', async () => {
    const stream = createClinicStream(options)
    const sent = await collect()
    assert.equal(stream.expected.arrivals, sent.length)
    for (const kind of deliveryKinds)
      assert.equal(stream.expected.byKind[kind], sent.filter((delivery) => delivery.kind === kind).length)
    for (const { siteId } of stream.sites)
      assert.equal(
        stream.expected.bySite[siteId] ?? 0,
        sent.filter((delivery) => delivery.siteId === siteId).length,
      )
  })

  test('a reader that leaves early stops the workers', async () => {
    for await (const delivery of createClinicStream({ ...options, studies: 10_000 })) {
      assert.equal(delivery.index, 0)
      break
    }
  })
})

const clinics = describeClinics({ clinics: 3, regions: 3, seed: 5 })
const make = createMakeFile({ clinics, seed: 5, filmSize: 96, referenceYear: 2026 })
const planned = planDeliveries({ clinics, studies: 400, seed: 5, until: options.until, days: 180 })
const firstOf = (kind: PlannedDelivery['kind']): PlannedDelivery => {
  const found = planned.find((delivery) => delivery.kind === kind)
  assert.ok(found, `no ${kind} was planned`)
  return found
}

/** What the engine makes of a file from its header and, where that says nothing, from its pixels. */
const bookingOf = async (bytes: Uint8Array): Promise<string> => {
  const header = readFilmHeader(bytes)
  const outcome = header.kind === 'ok' ? await decodeFilm(bytes, header.value) : header
  if (outcome.kind === 'rejected') return outcome.reason
  return outcome.kind === 'failed' ? outcome.code : 'read'
}

describe('the files of simulated clinics', () => {
  for (const kind of deliveryKinds)
    test(`${kind}: as it is announced`, async () => {
      const { bytes } = await make(firstOf(kind))
      const expected = expectedBooking[kind]
      // Which body part is on a film only the region finder can tell.
      if (kind === 'knee' || kind === 'chest') assert.equal(await bookingOf(bytes), 'read')
      else if (expected.as === 'rejected') assert.equal(await bookingOf(bytes), expected.reason)
      else if (expected.as === 'deadLettered') assert.equal(await bookingOf(bytes), expected.code)
      else assert.equal(await bookingOf(bytes), 'read')
    })

  test('a resend is the film byte for byte; a conflict has its UID and its person and other pixels', async () => {
    const originalOf = ({ film }: PlannedDelivery) => planned.find((delivery) => delivery.film === film)
    const resend = firstOf('resend')
    const first = originalOf(resend)
    assert.ok(first)
    assert.deepEqual((await make(resend)).bytes, (await make(first)).bytes)
    const conflict = firstOf('conflict')
    const original = originalOf(conflict)
    assert.ok(original)
    const headers = [await make(original), await make(conflict)].map(({ bytes }) => {
      const header = readFilmHeader(bytes)
      assert.ok(header.kind === 'ok')
      return { bytes, header: header.value }
    })
    const [one, other] = headers
    assert.deepEqual(one?.header.identity, other?.header.identity)
    assert.deepEqual(one?.header.attributes.sex, other?.header.attributes.sex)
    const hashes = await Promise.all(
      headers.map(async ({ bytes, header }) => {
        const decoded = await decodeFilm(bytes, header)
        assert.ok(decoded.kind === 'ok')
        return decoded.value.pixelHash
      }),
    )
    assert.notEqual(hashes[0], hashes[1])
  })

  test('a person who comes back keeps id, sex and date of birth; the day is the clinic’s own', async () => {
    const films = planned.filter((delivery) => delivery.kind === 'film')
    const again = films.find((film) =>
      films.some(
        (other) => other.film < film.film && other.siteId === film.siteId && other.person === film.person,
      ),
    )
    const before = films.find((film) => film.siteId === again?.siteId && film.person === again.person)
    assert.ok(again && before && again !== before)
    const [one, other] = await Promise.all(
      [before, again].map(async (film) => readFilmHeader((await make(film)).bytes)),
    )
    assert.ok(one?.kind === 'ok' && other?.kind === 'ok')
    assert.equal(one.value.identity.patientId, other.value.identity.patientId)
    assert.notEqual(one.value.identity.sopInstanceUid, other.value.identity.sopInstanceUid)
    assert.equal(one.value.attributes.sex, other.value.attributes.sex)
    const zone = clinics.find((clinic) => clinic.siteId === before.siteId)?.region.timeZone
    const day = new Intl.DateTimeFormat('sv-SE', { timeZone: zone ?? 'UTC' }).format(
      new Date(before.acquiredAt),
    )
    assert.equal(one.value.attributes.acquisitionDay, day)
  })
})
