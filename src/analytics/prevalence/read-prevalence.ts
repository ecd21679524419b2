import { z } from 'zod'
import { type DensityClass, densityClasses } from '../../contracts/verdict.ts'
import type { ClickHouse } from '../../runtime/clickhouse.ts'
import type { Answer } from '../../statistics/answer.ts'
import { noAnswer } from '../../statistics/answer.ts'
import { type ShareInterval, wilson } from '../../statistics/proportions.ts'

/** What stands under every prevalence. */
export const prevalenceCaption =
  'among people of 50 and over with a readable hip X-ray here, not among residents'

/** Shares of one region and month; people are not to be added up over months. */
export type Prevalence = {
  readonly region: string
  /** `YYYY-MM`, in the clinics' own time zones. */
  readonly month: string
  readonly domain: 'synthetic' | 'real'
  /** People, one vote each. */
  readonly n: number
  readonly counts: Readonly<Record<DensityClass, number>>
  /** Share of the votes with a Wilson interval at .95, before any correction for the model's errors. */
  readonly raw: Readonly<Record<DensityClass, ShareInterval>>
  readonly corrected: Answer<never>
  /** Share of people who carry a programme's link; the others count once in each clinic. */
  readonly linkedShare: number
  /** Share of films without a readable hip, and the range of osteoporosis that they leave possible. */
  readonly unreadableShare: number
  readonly osteoporosisBounds: readonly [number, number]
  readonly caption: string
  readonly label: string
}

const rowSchema = z.object({
  region: z.string(),
  month: z.string(),
  domain: z.enum(['synthetic', 'real']),
  n: z.coerce.number(),
  normal: z.coerce.number(),
  osteopenia: z.coerce.number(),
  osteoporosis: z.coerce.number(),
  linked: z.coerce.number(),
  films: z.coerce.number(),
  unreadable: z.coerce.number(),
})

/** Reasons for which a hip on the film could not be read although it was a hip film. */
const unreadableReasons = ['HIP_UNREADABLE', 'POOR_EXPOSURE', 'CUT_OFF', 'NOT_AP_VIEW']

/**
 * Votes: a person's index hip (left, else right) on the first eligible film of the month. A day that cannot be
 * (before 1990, or after its receipt) gives way to the day of receipt.
 */
const sql = `
WITH
  films AS (
    SELECT b.event_id AS event_id, b.arrival_id AS arrival_id, b.version AS version, b.booking AS booking, b.reason AS reason,
      s.region AS region, s.domain AS domain, b.received_at AS received_at, b.image_offset AS image_offset,
      toDate32(formatDateTime(b.received_at, '%F', s.time_zone)) AS received_day,
      if(b.acquisition_day IS NULL OR b.acquisition_day < toDate32('1990-01-01') OR b.acquisition_day > received_day, received_day, assumeNotNull(b.acquisition_day)) AS day,
      formatDateTime(day, '%Y-%m') AS month,
      if(b.link_key != '', concat('link ', b.link_key), concat(b.site_id, ' ', b.subject_key)) AS person,
      b.link_key != '' AS linked
    FROM bookings AS b
    INNER JOIN (SELECT * FROM sites FINAL) AS s ON s.site_id = b.site_id
    WHERE b.booking IN ('finding', 'rejected')
      AND s.valid_from <= b.received_at AND (s.valid_to IS NULL OR b.received_at < s.valid_to)
  ),
  hips AS (SELECT event_id, arrival_id, version, hip, eligible, density_class FROM findings FINAL WHERE is_primary),
  readable AS (
    SELECT event_id, arrival_id, version, max(eligible AND hip IN ('left', 'right')) AS has_vote FROM hips GROUP BY event_id, arrival_id, version
  ),
  votes AS (
    SELECT f.region AS region, f.month AS month, any(f.domain) AS domain, f.person AS person, any(f.linked) AS linked,
      argMin(h.density_class, (f.day, f.received_at, f.image_offset, f.event_id, if(h.hip = 'left', 0, 1))) AS density_class
    FROM films AS f
    INNER JOIN hips AS h ON h.event_id = f.event_id AND h.arrival_id = f.arrival_id AND h.version = f.version
    WHERE f.booking = 'finding' AND h.eligible AND h.hip IN ('left', 'right')
    GROUP BY region, month, person
  ),
  reading AS (
    SELECT f.region AS region, f.month AS month, count() AS films,
      countIf(f.booking = 'rejected' OR NOT ifNull(r.has_vote, false)) AS unreadable
    FROM films AS f
    LEFT JOIN readable AS r ON r.event_id = f.event_id AND r.arrival_id = f.arrival_id AND r.version = f.version
    WHERE f.booking = 'finding' OR f.reason IN {unreadable:Array(String)}
    GROUP BY region, month
  )
SELECT v.region AS region, v.month AS month, any(v.domain) AS domain, count() AS n,
  countIf(v.density_class = 'normal') AS normal, countIf(v.density_class = 'osteopenia') AS osteopenia,
  countIf(v.density_class = 'osteoporosis') AS osteoporosis, countIf(v.linked) AS linked,
  any(r.films) AS films, any(r.unreadable) AS unreadable
FROM votes AS v INNER JOIN reading AS r ON r.region = v.region AND r.month = v.month
GROUP BY region, month ORDER BY region, month
SETTINGS allow_nonconst_timezone_arguments = 1`

const shareOf = (successes: number, trials: number): ShareInterval => {
  const share = wilson({ successes, trials })
  if (share.kind === 'no-answer') throw new Error(`a group of the query has ${successes} of ${trials} votes`)
  return share.value
}

const labelOf = (domain: Prevalence['domain']): string =>
  domain === 'real' ? 'unvalidated model output' : 'simulated people'

const prevalenceOf = (row: z.infer<typeof rowSchema>): Prevalence => {
  const counts = { normal: row.normal, osteopenia: row.osteopenia, osteoporosis: row.osteoporosis }
  const shares = densityClasses.map((name) => [name, shareOf(counts[name], row.n)] as const)
  const raw = Object.fromEntries(shares) as Record<DensityClass, ShareInterval>
  const unreadableShare = row.unreadable / row.films
  const readable = raw.osteoporosis.estimate * (1 - unreadableShare)
  const isLinked = row.linked === row.n
  return {
    region: row.region,
    month: row.month,
    domain: row.domain,
    n: row.n,
    counts,
    raw,
    corrected: noAnswer('not-validated', 'the model has no baseline card yet'),
    linkedShare: row.linked / row.n,
    unreadableShare,
    osteoporosisBounds: [readable, readable + unreadableShare],
    caption: isLinked ? prevalenceCaption : `${prevalenceCaption}; per person and clinic`,
    label: labelOf(row.domain),
  }
}

/** Reads prevalence by region and month. */
export const readPrevalence = async (client: ClickHouse): Promise<readonly Prevalence[]> =>
  (await client.query(sql, { unreadable: unreadableReasons }, rowSchema)).map(prevalenceOf)
