import { z } from 'zod'
import { type ClickHouse, countSchema } from '../../runtime/clickhouse.ts'

const arrivalSchema = z.object({ siteId: z.string(), eventId: z.string(), subjectKey: z.string() })
export type CorrectableArrival = z.infer<typeof arrivalSchema>

const countedSchema = z.object({ arrivals: countSchema })
const correctionSchema = z.object({
  correctionId: z.string(),
  kind: z.string(),
  siteId: z.string(),
  at: z.string(),
  who: z.string(),
  why: z.string(),
})
export type StoredCorrection = z.infer<typeof correctionSchema>

const select = 'toString(correction_id) AS correctionId, kind, site_id AS siteId, at, who, why'

/** Reads what a person needs to know before and after a correction. */
export const createCorrectionReader = (deps: { client: ClickHouse }) => ({
  /** The films and people of an arrival id: none where it is unknown or erased already, several where clinics share it. */
  arrivals: async (arrivalId: string): Promise<readonly CorrectableArrival[]> => {
    const columns = 'site_id AS siteId, toString(event_id) AS eventId, toString(subject_key) AS subjectKey'
    const of = (table: string) => `SELECT ${columns} FROM ${table} WHERE arrival_id = {arrivalId:UUID}`
    // Receipts are believed only where no verdict says better: anybody may have written them.
    const sql = `SELECT * FROM (${of('verdicts')} UNION DISTINCT ${of('receipts')})
      LIMIT 1 BY siteId, eventId`
    return deps.client.query(sql, { arrivalId }, arrivalSchema)
  },
  /** How many arrivals of a person are in the tables. */
  arrivalsOf: async (whose: { siteId: string; subjectKey: string }): Promise<number> => {
    const of = (table: string) =>
      `SELECT arrival_id FROM ${table} WHERE site_id = {siteId:String} AND subject_key = {subjectKey:String}`
    const sql = `SELECT uniqExact(arrival_id) AS arrivals FROM (${of('verdicts')} UNION ALL ${of('receipts')})`
    return (await deps.client.query(sql, whose, countedSchema))[0]?.arrivals ?? 0
  },
  /** The latest corrections first. */
  list: (limit: number): Promise<readonly StoredCorrection[]> =>
    deps.client.query(
      `SELECT ${select} FROM corrections FINAL ORDER BY corrections.at DESC, correction_id LIMIT {limit:UInt32}`,
      { limit },
      correctionSchema,
    ),
  find: async (correctionId: string): Promise<StoredCorrection | undefined> =>
    (
      await deps.client.query(
        `SELECT ${select} FROM corrections FINAL WHERE correction_id = {correctionId:UUID}`,
        { correctionId },
        correctionSchema,
      )
    )[0],
})
