import { z } from 'zod'
import { type ClickHouse, countSchema } from '../../runtime/clickhouse.ts'
import { type Answer, answer } from '../../statistics/answer.ts'
import type { Estimate } from '../../statistics/intervals/interval.ts'
import { wilson } from '../../statistics/intervals/proportions.ts'
import { cohenKappa } from '../../statistics/performance/agreement.ts'
import { severityClasses } from '../../statistics/severity/severity-cells.ts'
import { bookedVerdicts, finalSettings, isReadingOf, readingColumns } from '../ledger/booking-sql.ts'

/** Two packages on the hips that both have read. */
export type PairAgreement = {
  readonly first: string
  readonly second: string
  readonly hips: number
  /** Share of the hips that both call alike. */
  readonly alike: Answer<Estimate>
  /** Agreement beyond chance (Cohen). */
  readonly kappa: Answer<number>
}

/** How the packages that read in the engine agree; hips of one film count each. */
export type ModelAgreement = {
  /** NAME@VERSION of all packages that have read a hip. */
  readonly models: readonly string[]
  /** Hips that at least two packages have read, and that the classes hold for. */
  readonly hips: number
  /** Share of those that all of their packages call alike. */
  readonly unanimous: Answer<Estimate>
  readonly pairs: readonly PairAgreement[]
}

const patternSchema = z.object({
  models: z.array(z.string()),
  classes: z.array(z.enum(severityClasses)),
  hips: countSchema,
})
type Pattern = z.infer<typeof patternSchema>

/** How often the packages called a hip what; only primary arrivals, so that a film that was sent twice counts once. */
const sql = `
  SELECT arrayMap(x -> x.1, readings) AS models, arrayMap(x -> x.2, readings) AS classes, count() AS hips
  FROM (
    SELECT arraySort(groupArray((concat(f.model_name, '@', f.model_version), toString(f.density_class)))) AS readings
    FROM (SELECT * FROM findings FINAL WHERE eligible) AS f
    INNER JOIN (SELECT ${readingColumns} FROM (${bookedVerdicts()}) WHERE booking = 'finding') AS b
      ON ${isReadingOf('f', 'b')}
    GROUP BY f.site_id, f.event_id, f.arrival_id, f.hip
  )
  GROUP BY readings
  ORDER BY readings
  ${finalSettings}`

const total = (patterns: readonly Pattern[]): number => patterns.reduce((sum, { hips }) => sum + hips, 0)

const callOf = ({ models, classes }: Pattern, model: string) => classes[models.indexOf(model)]

const pairOf = (patterns: readonly Pattern[], first: string, second: string): PairAgreement => {
  const both = patterns.filter(({ models }) => models.includes(first) && models.includes(second))
  const table = severityClasses.map((one) =>
    severityClasses.map((other) =>
      total(both.filter((pattern) => callOf(pattern, first) === one && callOf(pattern, second) === other)),
    ),
  )
  const alike = both.filter((pattern) => callOf(pattern, first) === callOf(pattern, second))
  const kappa = cohenKappa(table)
  return {
    first,
    second,
    hips: total(both),
    alike: wilson({ successes: total(alike), trials: total(both) }),
    kappa: kappa.kind === 'no-answer' ? kappa : answer(kappa.value.estimate),
  }
}

/** Reads how the packages agree on the films that are screened. */
export const readAgreement = async (client: ClickHouse): Promise<ModelAgreement> => {
  const patterns = await client.query(sql, {}, patternSchema)
  const models = [...new Set(patterns.flatMap((pattern) => pattern.models))].toSorted()
  const shared = patterns.filter((pattern) => pattern.models.length > 1)
  const alike = shared.filter(({ classes }) => new Set(classes).size === 1)
  return {
    models,
    hips: total(shared),
    unanimous: wilson({ successes: total(alike), trials: total(shared) }),
    pairs: models.flatMap((first, at) =>
      models.slice(at + 1).map((second) => pairOf(patterns, first, second)),
    ),
  }
}
