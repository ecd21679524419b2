import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { siteSchema } from '../../../src/contracts/site.ts'
import { deliveryKinds, everyKindFrom, quotas } from '../../../src/simulation/clinics/delivery-kinds.ts'
import { describeClinics, siteDraftOf } from '../../../src/simulation/clinics/describe-clinics.ts'
import { planDeliveries } from '../../../src/simulation/clinics/plan-deliveries.ts'

const until = new Date('2026-06-30T12:00:00.000Z')
const plan = (studies: number, seed = 1, clinics = 6) =>
  planDeliveries({
    clinics: describeClinics({ clinics, regions: 3, seed }),
    studies,
    seed,
    until,
    days: 180,
  })

describe('the simulated country', () => {
  test('its clinics are valid sites of as many regions as asked for', () => {
    const clinics = describeClinics({ clinics: 25, regions: 12, seed: 3 })
    const sites = clinics.map(siteDraftOf)
    assert.equal(new Set(sites.map((site) => site.siteId)).size, 25)
    assert.equal(new Set(sites.map((site) => site.region)).size, 12)
    const keys = [
      { keyId: 'k', publicKey: `MCowBQYDK2VwAyEA${'x'.repeat(43)}=`, validFrom: until.toISOString() },
    ]
    for (const site of sites) siteSchema.parse({ ...site, keys, validFrom: until.toISOString() })
    assert.equal(
      new Set(describeClinics({ clinics: 2, regions: 5, seed: 3 }).map((c) => c.region.name)).size,
      2,
    )
  })

  test('its regions differ in how frail their people are, whatever the seed', () => {
    for (const seed of [1, 2, 3, 4]) {
      const shifts = describeClinics({ clinics: 4, regions: 4, seed }).map((clinic) => clinic.region.tShift)
      assert.ok(Math.max(...shifts) - Math.min(...shifts) > 0.7)
    }
  })
})

describe('planning deliveries', () => {
  test('the same seed gives the same plan, another seed another', () => {
    assert.deepEqual(plan(300), plan(300))
    assert.notDeepEqual(plan(300), plan(300, 2))
  })

  test('exactly as many deliveries as studies, and every kind among them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 50 }), (studies, seed) => {
        const planned = plan(studies, seed)
        assert.equal(planned.length, studies)
        assert.deepEqual(
          planned.map((delivery) => delivery.index),
          planned.map((_, index) => index),
        )
        const sum = Object.values(quotas(studies)).reduce((total, count) => total + count, 0)
        assert.equal(sum, studies)
        if (studies < 2 * everyKindFrom) return
        const kinds = new Set(planned.map((delivery) => delivery.kind))
        const missing = deliveryKinds.filter(
          (kind) => !kinds.has(kind) && kind !== 'resend' && kind !== 'conflict',
        )
        assert.deepEqual(missing, [])
      }),
      { numRuns: 60, seed: 42 },
    )
  })

  test('what is sent again was sent before by the same clinic, as a film, and only once', () => {
    const planned = plan(2000)
    const again = planned.filter((delivery) => ['resend', 'conflict'].includes(delivery.kind))
    assert.ok(again.length > 80)
    const originals = again.map((delivery) => {
      const first = planned.find((other) => other.film === delivery.film)
      assert.ok(first !== undefined && first.index < delivery.index && first.siteId === delivery.siteId)
      assert.ok(['film', 'late'].includes(first.kind))
      assert.equal(first.acquiredAt, delivery.acquiredAt)
      return first.index
    })
    assert.equal(new Set(originals).size, originals.length)
    const films = planned.filter((delivery) => !again.includes(delivery)).map((delivery) => delivery.film)
    assert.equal(new Set(films).size, films.length)
  })

  test('deliveries come in order over the whole period, taken before they are sent, late ones weeks before', () => {
    const planned = plan(1000)
    const instants = planned.map((delivery) => Date.parse(delivery.sentAt))
    assert.deepEqual(
      instants,
      instants.toSorted((one, other) => one - other),
    )
    const months = new Set(planned.map((delivery) => delivery.sentAt.slice(0, 7)))
    assert.deepEqual([...months], ['2026-01', '2026-02', '2026-03', '2026-04', '2026-05', '2026-06'])
    assert.ok((instants.at(-1) ?? Number.NaN) <= until.getTime())
    const dayMs = 24 * 60 * 60 * 1000
    for (const { kind, sentAt, acquiredAt } of planned) {
      const delay = Date.parse(sentAt) - Date.parse(acquiredAt)
      assert.ok(delay > 0)
      if (kind === 'late') assert.ok(delay > 19 * dayMs)
      else if (kind === 'film') assert.ok(delay < dayMs)
    }
  })

  test('people come back', () => {
    const people = plan(600).map(({ siteId, person }) => `${siteId}/${person}`)
    const share = new Set(people).size / people.length
    assert.ok(share > 0.5 && share < 0.75, `${share} people a film`)
  })
})
