import { z } from 'zod'
import type { ClickHouse } from '../../runtime/clickhouse.ts'

const rowSchema = z.object({ passes: z.coerce.number(), until: z.string() })

/** Reads until when the monitor has looked; undefined where it never has. */
export const readLastPass = async (client: ClickHouse): Promise<string | undefined> => {
  const [row] = await client.query(
    'SELECT count() AS passes, max(touched_until) AS until FROM monitor_passes',
    {},
    rowSchema,
  )
  return row === undefined || row.passes === 0 ? undefined : row.until
}
