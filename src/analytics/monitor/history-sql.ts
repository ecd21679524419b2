import { historyTopic } from '../../contracts/topics.ts'
import { knownSites, quoted, unreadableReasons, votingAges } from '../prevalence/vote-sql.ts'

/** The id under which a drawn person of a history adds to the figures: it can be that of no film, which are HMACs. */
export const historyEventSql = 'toFixedString(lower(hex(SHA256(toString(history_id)))), 64)'

const attribute = (name: string, type = 'String'): string => `JSONExtract(attributes, '${name}', '${type}')`
const statistic = (name: string): string =>
  `JSONExtract(outcome, 'statistics', '${name}', 'Nullable(Float64)')`
const number = 'Nullable(Float64)'

/** What each column of a contribution is for a drawn person. */
const columns = {
  region: "if(s.region != '' AND ifNull(h.received_at < s.valid_to, true), toString(s.region), 'unknown')",
  domain: "'history'",
  maker: attribute('maker'),
  detector: attribute('detector'),
  software_version: attribute('softwareVersion'),
  day: 'h.day',
  is_implausible: 'false',
  person: "concat(toString(h.site_id), ' ', toString(h.subject_key))",
  is_linked: 'false',
  sex: attribute('sex'),
  age_band: 'h.age_band',
  examination_reason: attribute('reason'),
  has_vote: 'h.has_vote',
  without_vote: "multiIf(h.has_vote, '', h.kind = 'rejected', h.reason, 'NO_ELIGIBLE_HIP')",
  density_class: "if(h.has_vote, JSONExtractString(outcome, 'densityClass'), '')",
  model_digest: "if(h.has_vote, JSONExtractString(outcome, 'modelDigest'), '')",
  finder_digest: "if(h.has_vote, JSONExtractString(outcome, 'finder', 'digest'), '')",
  severity: "if(h.has_vote, JSONExtractFloat(outcome, 'severity'), 0)",
  soft_tissue_level: statistic('softTissueLevel'),
  background_level: statistic('backgroundLevel'),
  noise: statistic('noise'),
  kvp: attribute('kvp', number),
  exposure_index: attribute('exposureIndex', number),
  deviation_index: attribute('deviationIndex', number),
  place: `(h.received_at, '${historyTopic.name}', toUInt16(0), toUInt64(0))`,
} as const

/**
 * SQL of what the drawn people of a history add to the figures, in the columns of a contribution: a domain of their own, so
 * that they never stand with people whose films were read here. `which` is a condition on (site_id, event_id).
 */
export const historyContributionsSql = (names: readonly (keyof typeof columns)[], which: string): string => `
  SELECT toDate32(toStartOfMonth(h.day)) AS month, toDate32(toMonday(h.day)) AS week,
    h.site_id AS site_id, h.event_id AS event_id,
    ${names.map((name) => `${columns[name]} AS ${name}`).join(', ')}
  FROM (
    SELECT site_id, ${historyEventSql} AS event_id, subject_key, received_at, toString(kind) AS kind, attributes, outcome,
      ifNull(toDate32OrNull(JSONExtractString(attributes, 'acquisitionDay')), toDate32(received_at)) AS day,
      JSONExtractString(attributes, 'ageBand') AS age_band,
      JSONExtractString(outcome, 'reason') AS reason,
      JSONExtractBool(outcome, 'eligible') AS has_vote
    FROM history_readings FINAL
    WHERE ${which}
  ) AS h
  ASOF LEFT JOIN (${knownSites}) AS s ON s.site_id = h.site_id AND s.valid_from <= h.received_at
  WHERE h.age_band IN (${quoted(votingAges)})
    AND (h.kind = 'finding' OR h.reason IN (${quoted(unreadableReasons)}))`
