import { z } from 'zod'
import type { CorrectedFigure, MissedFigure, NoFigure } from '../../contracts/prevalence-figures.ts'
import type { DensityClass } from '../../contracts/verdict.ts'
import { type ClickHouse, countSchema } from '../../runtime/clickhouse.ts'
import { type NoAnswer, noAnswer } from '../../statistics/answer.ts'
import {
  type ShareInterval,
  type UnreadableBounds,
  unreadableBounds,
  wilson,
} from '../../statistics/intervals/proportions.ts'
import { prevalenceSql } from './vote-sql.ts'

/** What stands under every prevalence. */
export const prevalenceCaption =
  'among people of 50 and over with a readable hip X-ray here, not among residents'

/**
 * Shares of one region and month, by domain. People do not add up over months or regions: each has one vote in
 * every month and region in which a hip of theirs was filmed.
 */
export type Prevalence = {
  readonly region: string
  /** `YYYY-MM`, by the day of the exposure in the clinics' own time zones. */
  readonly month: string
  readonly domain: 'synthetic' | 'real'
  /** People with a vote. */
  readonly n: number
  /** Their votes. */
  readonly counts: Readonly<Record<DensityClass, number>>
  /** Shares of the votes with Wilson's interval at .95, uncorrected for the model's errors. */
  readonly raw: Readonly<Record<DensityClass, ShareInterval>> | NoAnswer
  /** Shares corrected by the card of the model, as the monitor has reported them, with the people that it counted. */
  readonly corrected: CorrectedFigure | NoFigure
  /** What the operating point misses. */
  readonly missed: MissedFigure | NoFigure
  /** Of the people with a vote, the share without a programme's link (they count once in each clinic); absent where n is 0. */
  readonly unlinkedShare?: number
  /** Of the people with a film of a hip, the share without a vote (unreadable, fracture, implant, side in doubt). */
  readonly unreadableShare: number
  /** The osteoporosis share of all people filmed, should none or all of those without a vote have it. */
  readonly osteoporosisBounds: UnreadableBounds | NoAnswer
  /** Films whose day cannot be; they count on the day of their receipt. */
  readonly implausibleFilms: number
  /** Digests of the models that read the votes. */
  readonly modelDigests: readonly string[]
  readonly caption: string
  readonly label: 'simulated people' | 'unvalidated model output'
}

export type PrevalenceScope = {
  readonly region?: string | undefined
  /** `YYYY-MM`, included. */
  readonly fromMonth?: string | undefined
  /** `YYYY-MM`, included. */
  readonly toMonth?: string | undefined
}

const rowSchema = z.object({
  region: z.string(),
  month: z.string(),
  domain: z.enum(['synthetic', 'real']),
  people: countSchema,
  n: countSchema,
  normal: countSchema,
  osteopenia: countSchema,
  osteoporosis: countSchema,
  linked: countSchema,
  implausibleFilms: countSchema,
  modelDigests: z.array(z.string()),
})

const captionOf = (unlinked: number): string =>
  unlinked === 0 ? prevalenceCaption : `${prevalenceCaption}; per person and clinic`

const rawOf = (counts: Readonly<Record<DensityClass, number>>, n: number): Prevalence['raw'] => {
  const of = (name: DensityClass) => wilson({ successes: counts[name], trials: n })
  const [normal, osteopenia, osteoporosis] = [of('normal'), of('osteopenia'), of('osteoporosis')]
  if (normal.kind === 'no-answer') return normal
  if (osteopenia.kind === 'no-answer') return osteopenia
  if (osteoporosis.kind === 'no-answer') return osteoporosis
  return { normal: normal.value, osteopenia: osteopenia.value, osteoporosis: osteoporosis.value }
}

const boundsOf = (
  successes: number,
  trials: number,
  unreadable: number,
): Prevalence['osteoporosisBounds'] => {
  const bounds = unreadableBounds({ successes, trials, unreadable })
  return bounds.kind === 'no-answer' ? bounds : bounds.value
}

const notReported = noAnswer('not-validated', 'the monitor has not reported this month yet')

const prevalenceOf = (row: z.infer<typeof rowSchema>): Prevalence => {
  const { region, month, domain, n } = row
  const counts = { normal: row.normal, osteopenia: row.osteopenia, osteoporosis: row.osteoporosis }
  const unlinked = n - row.linked
  return {
    region,
    month,
    domain,
    n,
    counts,
    raw: rawOf(counts, n),
    corrected: notReported,
    missed: notReported,
    ...(n === 0 ? {} : { unlinkedShare: unlinked / n }),
    unreadableShare: (row.people - n) / row.people,
    osteoporosisBounds: boundsOf(counts.osteoporosis, n, row.people - n),
    implausibleFilms: row.implausibleFilms,
    modelDigests: row.modelDigests,
    caption: captionOf(unlinked),
    label: domain === 'real' ? 'unvalidated model output' : 'simulated people',
  }
}

/** Reads prevalence by region, month and domain. */
export const readPrevalence = async (
  client: ClickHouse,
  scope: PrevalenceScope = {},
): Promise<readonly Prevalence[]> => {
  const { region = '', fromMonth = '', toMonth = '' } = scope
  return (await client.query(prevalenceSql, { region, fromMonth, toMonth }, rowSchema)).map(prevalenceOf)
}
