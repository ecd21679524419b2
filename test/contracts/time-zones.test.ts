import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { siteSchema } from '../../src/contracts/site.ts'
import { keysOf, siteOf } from '../analytics/films.ts'
import { useDatabase } from '../analytics/open-database.ts'

const { toldAt: _toldAt, ...site } = siteOf('lisbon', 'south', 'Europe/Lisbon')
const accepts = (timeZone: string): boolean => siteSchema.safeParse({ ...site, timeZone }).success

describe('time zones of sites', () => {
  const database = useDatabase()

  test('every name that is accepted is one that ClickHouse knows', async () => {
    const rows = await database.client.query(
      'SELECT time_zone FROM system.time_zones',
      {},
      z.object({ time_zone: z.string() }),
    )
    const known = new Set(rows.map((row) => row.time_zone))
    const accepted = [...Intl.supportedValuesOf('timeZone'), 'UTC'].filter(accepts)
    assert.ok(accepted.length > 300)
    assert.deepEqual(
      accepted.filter((zone) => !known.has(zone)),
      [],
    )
  })

  test('an offset or another spelling is refused', () => {
    for (const zone of ['+01:00', 'europe/lisbon', 'Lisbon', '']) assert.ok(!accepts(zone), zone)
    assert.equal(keysOf('lisbon').siteId, 'lisbon')
  })
})
