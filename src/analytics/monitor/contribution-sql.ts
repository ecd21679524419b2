import { isReadingOf } from '../ledger/booking-sql.ts'
import { filmsOfPeople, indexHips } from '../prevalence/vote-sql.ts'
import { historyContributionsSql } from './history-sql.ts'

/** The columns of `film_contributions` that say what a film adds, but for its key and for `counts`. */
export const contributionColumns = [
  'region',
  'domain',
  'maker',
  'detector',
  'software_version',
  'day',
  'is_implausible',
  'person',
  'is_linked',
  'sex',
  'age_band',
  'examination_reason',
  'has_vote',
  'without_vote',
  'density_class',
  'model_digest',
  'finder_digest',
  'severity',
  'soft_tissue_level',
  'background_level',
  'noise',
  'kvp',
  'exposure_index',
  'deviation_index',
  'place',
] as const

/** The columns under which a contribution is kept: its windows and its film. */
export const contributionKey = ['month', 'week', 'site_id', 'event_id'] as const

/** A vote counts its class; what has none says why: the reason of the refusal, or that no hip is eligible. */
const derived: Partial<Record<(typeof contributionColumns)[number], string>> = {
  has_vote: 'h.is_known',
  without_vote: "multiIf(h.is_known, '', f.booking = 'rejected', toString(f.reason), 'NO_ELIGIBLE_HIP')",
  density_class: "if(h.is_known, toString(h.density_class), '')",
  model_digest: "if(h.is_known, toString(h.model_digest), '')",
  finder_digest: "if(h.is_known, toString(f.finder_digest), '')",
  severity: 'if(h.is_known, h.severity, 0)',
  place: '(f.believed_at, toString(f.image_topic), f.image_partition, f.image_offset)',
}

/** What films add to the figures. */
const filmContributionsSql = (which: string): string => `
  SELECT toDate32(toStartOfMonth(f.day)) AS month, toDate32(toMonday(f.day)) AS week,
    f.site_id AS site_id, f.event_id AS event_id,
    ${contributionColumns.map((column) => `${derived[column] ?? `f.${column}`} AS ${column}`).join(', ')}
  FROM (${filmsOfPeople(which)}) AS f
  LEFT JOIN (SELECT *, true AS is_known FROM (${indexHips(which)})) AS h ON ${isReadingOf('h', 'f')}`

/**
 * SQL of what films add to the figures: one row for each film of a person of 50 and over that shows a hip, with the week and
 * the month of its day, and one for each drawn person of a history, of a domain of their own. `which` is a condition on
 * (site_id, event_id) that holds for all arrivals of a film or for none.
 */
export const contributionsSql = (which = 'true'): string =>
  `${filmContributionsSql(which)}
  UNION ALL ${historyContributionsSql(contributionColumns, which)}`

/** A hash over what a contribution says: two with the same one add the same. */
export const contributionHash = `sipHash64(tuple(${contributionColumns.join(', ')}))`
