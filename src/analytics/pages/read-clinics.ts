import { z } from 'zod'
import type { RegisteredClinic } from '../../contracts/registered-clinic.ts'
import type { ClickHouse } from '../../runtime/clickhouse.ts'

const rowSchema = z.object({
  siteId: z.string(),
  name: z.string(),
  region: z.string(),
  domain: z.enum(['synthetic', 'real']),
})

const sql = `
  SELECT site_id AS siteId, name, region, domain
  FROM sites FINAL ORDER BY site_id, valid_from DESC LIMIT 1 BY site_id`

/** Reads the clinics of the registry. */
export const readClinics = (client: ClickHouse): Promise<readonly RegisteredClinic[]> =>
  client.query(sql, {}, rowSchema)
