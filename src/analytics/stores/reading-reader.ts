import { z } from 'zod'
import type { StoredFilm, StoredReadingReader } from '../../contracts/stored-reading.ts'
import type { ClickHouse } from '../../runtime/clickhouse.ts'
import { finalSettings, isReadingOf, readingColumns } from '../ledger/booking-sql.ts'

/** Films of one page. */
const filmsPerPage = 1000

const rowSchema = z.object({
  arrivalId: z.string(),
  topic: z.string(),
  partition: z.number(),
  offset: z.string(),
  provider: z.string(),
  finder: z.string(),
  hip: z.string(),
  name: z.string(),
  modelVersion: z.string(),
  weightsDigest: z.string(),
  preprocessingDigest: z.string(),
  thresholdsDigest: z.string(),
  normal: z.number(),
  osteopenia: z.number(),
  osteoporosis: z.number(),
})

const span = `received_at >= parseDateTime64BestEffort({from:String}, 3)
  AND received_at < parseDateTime64BestEffort({to:String}, 3)`

/** The films of a page with a row for each reading, or one without a hip where no reading is asked for. */
const sql = `
  SELECT toString(v.arrival_id) AS arrivalId, v.image_topic AS topic, v.image_partition AS partition,
    toString(v.image_offset) AS offset, v.provider AS provider, v.finder_digest AS finder, f.hip AS hip, f.model_name AS name,
    f.model_version AS modelVersion, toString(f.weights_digest) AS weightsDigest,
    toString(f.preprocessing_digest) AS preprocessingDigest, toString(f.thresholds_digest) AS thresholdsDigest,
    f.p_normal AS normal, f.p_osteopenia AS osteopenia, f.p_osteoporosis AS osteoporosis
  FROM (
    SELECT ${readingColumns}, provider, finder_digest
    FROM verdicts FINAL
    WHERE kind = 'finding' AND ${span} AND (toString(image_topic), toInt32(image_partition), image_offset) > ({topic:String}, {partition:Int32}, {offset:UInt64})
    ORDER BY image_topic, image_partition, image_offset LIMIT ${filmsPerPage}
  ) AS v
  LEFT JOIN (
    SELECT * FROM findings FINAL
    WHERE ${span} AND ({model:String} = '' OR concat(model_name, '@', model_version) = {model:String})
  ) AS f ON ${isReadingOf('f', 'v')}
  ORDER BY v.image_topic, v.image_partition, v.image_offset, hip, name
  ${finalSettings}`

type Row = z.infer<typeof rowSchema>

const filmOf = (rows: readonly [Row, ...Row[]]): StoredFilm => {
  const [{ arrivalId, topic, partition, offset, provider, finder }] = rows
  return {
    arrivalId,
    image: { topic, partition, offset },
    provider,
    finder,
    readings: rows
      .filter(({ hip }) => hip !== '')
      .map(({ hip, name, modelVersion, weightsDigest, preprocessingDigest, thresholdsDigest, ...row }) => ({
        hip,
        model: { name, version: modelVersion, weightsDigest, preprocessingDigest, thresholdsDigest },
        probabilities: { normal: row.normal, osteopenia: row.osteopenia, osteoporosis: row.osteoporosis },
      })),
  }
}

/** Reads the current findings of a span of `receivedAt`, page by page in the order of their image records. */
export const createStoredReadingReader = (deps: { client: ClickHouse }): StoredReadingReader => ({
  async *pages({ from, to, model }) {
    let last = { topic: '', partition: -1, offset: '0' }
    for (;;) {
      const params = { from, to, model: model ?? '', ...last }
      const rows = await deps.client.query(sql, params, rowSchema)
      const films = [...Map.groupBy(rows, ({ arrivalId }) => arrivalId).values()].flatMap(
        ([first, ...rest]) => (first === undefined ? [] : [filmOf([first, ...rest])]),
      )
      const end = films.at(-1)
      if (end === undefined) return
      yield films
      last = end.image
    }
  },
})
