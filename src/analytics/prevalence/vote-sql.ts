import { ageBands } from '../../contracts/film-attributes.ts'
import type { RejectionReason } from '../../contracts/reasons.ts'
import { bookedVerdicts, finalSettings, isReadingOf, readingColumns } from '../ledger/booking-sql.ts'

/** Age bands to which the WHO classes apply. */
export const votingAges = ageBands.filter((band) => band !== '0-17' && band !== '18-49')

/**
 * Reasons for which a film that shows a hip could not be read. The other reasons say that it is no film of a hip,
 * no AP view, or of someone too young, and tell nothing about hips that were left out.
 */
export const unreadableReasons: readonly RejectionReason[] = [
  'HIP_UNREADABLE',
  'POOR_EXPOSURE',
  'CUT_OFF',
  'BURNED_IN_ANNOTATION',
]

/** Names as a list of SQL. */
export const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ')

/** Booked verdicts with the keys under which their people vote: a relink changes them, the rows stay as they are. */
const booked = (which: string): string => `
  SELECT v.*,
    if(r.is_relinked, r.person_key, v.vote_subject) AS person_key,
    if(r.is_relinked AND r.link_key != '', r.link_key, v.vote_link) AS person_link
  FROM (${bookedVerdicts(which)}) AS v
  LEFT JOIN (SELECT *, true AS is_relinked FROM relinked_people FINAL) AS r
    ON r.site_id = v.site_id AND r.subject_key = v.vote_subject`

/** The registry with time zones that ClickHouse knows: one that it does not must not stop everybody's figures. */
export const knownSites = `
  SELECT * REPLACE (if(time_zone IN (SELECT time_zone FROM system.time_zones), time_zone, 'UTC') AS time_zone)
  FROM sites FINAL`

/** What the monitor groups films by, and what the population must not move. */
export const filmColumns = [
  'booking',
  'reason',
  'believed_at',
  'sex',
  'age_band',
  'examination_reason',
  'maker',
  'detector',
  'software_version',
  'finder_digest',
  'soft_tissue_level',
  'background_level',
  'noise',
  'kvp',
  'exposure_index',
  'deviation_index',
] as const

/**
 * Films of people of 50 and over that show a hip, readable or not: primary arrivals only, so a film that was
 * sent twice counts once. The day of the exposure is the clinic's own; where it is missing, or cannot be
 * (before 1990, or later than the day after receipt), the day of receipt in the clinic's time zone takes its
 * place, and the film is counted as one with an implausible date. Receipt is the time that is believed. An entry of the
 * registry holds until its end: a film that came after it has no region. `which` is a condition on `verdicts` that holds
 * for all arrivals of a film or for none.
 */
export const filmsOfPeople = (which = 'true'): string => `
  SELECT
    ${[...readingColumns.split(', '), ...filmColumns].map((column) => `b.${column} AS ${column}`).join(', ')},
    s.region != '' AND ifNull(b.believed_at < s.valid_to, true) AS has_entry,
    if(has_entry, toString(s.region), 'unknown') AS region,
    if(has_entry AND s.domain = 'synthetic', 'synthetic', 'real') AS domain,
    if(b.person_link != '', b.person_link, concat(toString(b.site_id), ' ', toString(b.person_key))) AS person,
    b.person_link != '' AS is_linked,
    toDate32(substring(toString(b.believed_at, if(s.time_zone = '', 'UTC', toString(s.time_zone))), 1, 10)) AS received_day,
    ifNull(b.acquisition_day < toDate32('1990-01-01') OR b.acquisition_day > received_day + 1, false) AS is_implausible,
    if(b.acquisition_day IS NULL OR is_implausible, received_day, assumeNotNull(b.acquisition_day)) AS day,
    substring(toString(day), 1, 7) AS month,
    (day, b.believed_at, b.image_topic, b.image_partition, b.image_offset) AS place
  FROM (${booked(which)}) AS b
  ASOF LEFT JOIN (${knownSites}) AS s ON s.site_id = b.site_id AND s.valid_from <= b.believed_at
  WHERE b.age_band IN (${quoted(votingAges)})
    AND (b.booking = 'finding' OR (b.booking = 'rejected' AND b.reason IN (${quoted(unreadableReasons)})))`

/** The index hip of each film that has one, as the primary model reads it: left, or right where the left has no vote. */
export const indexHips = (which = 'true'): string => `
  SELECT ${readingColumns},
    argMin(density_class, hip) AS density_class, argMin(model_digest, hip) AS model_digest,
    argMin(severity, hip) AS severity
  FROM (SELECT * FROM findings FINAL WHERE ${which})
  WHERE is_primary AND eligible AND hip IN ('left', 'right')
  GROUP BY ${readingColumns}`

/**
 * People of a region and month with their one vote, that of the first film that has one, or with none.
 * Filtered by region and by months (`YYYY-MM`, both included) where asked.
 */
const people = `
  SELECT f.region AS region, f.domain AS domain, f.month AS month, f.person AS person,
    max(h.is_known) AS has_vote,
    argMinIf((h.density_class, h.model_digest), f.place, h.is_known) AS vote,
    max(f.is_linked) AS is_linked,
    count() AS films,
    countIf(f.is_implausible) AS implausible_films
  FROM (${filmsOfPeople()}) AS f
  LEFT JOIN (SELECT *, true AS is_known FROM (${indexHips()})) AS h
    ON ${isReadingOf('h', 'f')}
  WHERE ({region:String} = '' OR f.region = {region:String})
    AND ({fromMonth:String} = '' OR f.month >= {fromMonth:String})
    AND ({toMonth:String} = '' OR f.month <= {toMonth:String})
  GROUP BY region, domain, month, person`

/** The sufficient statistics of prevalence: integers, one row for each region, domain and month. */
export const prevalenceSql = `
  SELECT region, month, domain,
    count() AS people,
    countIf(has_vote) AS n,
    countIf(has_vote AND vote.1 = 'normal') AS normal,
    countIf(has_vote AND vote.1 = 'osteopenia') AS osteopenia,
    countIf(has_vote AND vote.1 = 'osteoporosis') AS osteoporosis,
    countIf(has_vote AND is_linked) AS linked,
    sum(films) AS films,
    sum(implausible_films) AS implausibleFilms,
    arraySort(groupUniqArrayIf(toString(vote.2), has_vote)) AS modelDigests
  FROM (${people})
  GROUP BY region, month, domain
  ORDER BY region, month, domain
  ${finalSettings}`
