import { unattributedSite } from '../../contracts/identifiers.ts'
import { bookedVerdicts, finalSettings, isErased } from './booking-sql.ts'
import { isScreened, type LedgerOffsets, unsunkVerdicts } from './ledger-offsets.ts'

export type LedgerScope = {
  readonly siteId?: string | undefined
  /** ISO 8601: `receivedAt` is at or after it. */
  readonly from?: string | undefined
  /** ISO 8601: `receivedAt` is before it. */
  readonly to?: string | undefined
}

const position = (alias: string): string =>
  `(${alias}.image_topic, ${alias}.image_partition, ${alias}.image_offset)`

/** Positions of unreadable records that an arrival's receipt, verdict or tombstone names: they count as that arrival. */
const claimed = ['receipts', 'verdicts', 'erased_arrivals']
  .map(
    (table) => `SELECT image_topic, image_partition, image_offset FROM ${table} FINAL
      WHERE (image_topic, image_partition, image_offset) IN (SELECT image_topic, image_partition, image_offset FROM unattributed)`,
  )
  .join(' UNION ALL ')

const nobody = "toUUID('00000000-0000-0000-0000-000000000000')"

/**
 * Arrivals without a verdict: by their receipt; or by the tombstone of an erased one; or, where all that is gone,
 * by an image record that was answered once. Whether a row exists needs no FINAL, and is asked once for all tables.
 */
const verdictless = `
  SELECT *
  FROM (
    SELECT arrival_id, site_id, received_at, event_id, subject_key, image_topic, image_partition, image_offset, true AS has_receipt
    FROM receipts FINAL
    UNION ALL
    SELECT arrival_id, site_id, received_at, event_id, '', image_topic, image_partition, image_offset, true
    FROM erased_arrivals FINAL
    UNION ALL
    SELECT arrival_id, site_id, received_at, '', '', image_topic, image_partition, image_offset, false
    FROM image_records FINAL WHERE arrival_id != ${nobody}
  )
  WHERE arrival_id NOT IN (SELECT arrival_id FROM verdicts)
  ORDER BY has_receipt DESC, image_offset
  LIMIT 1 BY arrival_id`

/**
 * One row for each arrival, by what is known of it: its verdict; else the unreadable record that its receipt
 * names; else nothing, and then Kafka's offsets say whether it is in flight or lost. Unreadable records that no
 * arrival claims follow, and last such records that were answered once and are gone.
 */
const arrivals = (offsets: LedgerOffsets): string => {
  const isSunk = unsunkVerdicts(offsets) === 0n
  const missing = (alias: string) => `if(${isScreened(offsets, alias)} AND ${isSunk}, 'lost', 'inFlight')`
  return `
    SELECT site_id, received_at, booking, if(booking IN ('rejected', 'deadLettered'), reason, '') AS why
    FROM (${bookedVerdicts()})
    UNION ALL
    SELECT m.site_id, m.received_at,
      multiIf(${isErased('m')}, 'erased', u.is_known, toString(u.kind), ${missing('m')}) AS booking,
      if(booking != 'erased' AND u.is_known, u.reason, '') AS why
    FROM (${verdictless}) AS m
    LEFT JOIN (SELECT *, true AS is_known FROM unattributed FINAL) AS u ON ${position('u')} = ${position('m')}
    UNION ALL
    SELECT '${unattributedSite}' AS site_id, u.received_at, toString(u.kind) AS booking, u.reason AS why
    FROM (SELECT * FROM unattributed FINAL) AS u
    WHERE ${position('u')} NOT IN (${claimed})
    UNION ALL
    SELECT i.site_id, i.received_at, ${missing('i')} AS booking, '' AS why
    FROM (SELECT * FROM image_records FINAL WHERE arrival_id = ${nobody}) AS i
    WHERE ${position('i')} NOT IN (SELECT image_topic, image_partition, image_offset FROM unattributed)`
}

/** Arrivals by booking and reason, and by clinic and hour where asked. */
export const ledgerSql = (offsets: LedgerOffsets, scope: LedgerScope, byClinicHour: boolean): string => {
  const conditions = [
    'true',
    ...(scope.siteId === undefined ? [] : ['site_id = {siteId:String}']),
    ...(scope.from === undefined ? [] : ['received_at >= parseDateTime64BestEffort({from:String}, 3)']),
    ...(scope.to === undefined ? [] : ['received_at < parseDateTime64BestEffort({to:String}, 3)']),
  ]
  const place = byClinicHour
    ? "toString(site_id) AS siteId, formatDateTime(received_at, '%FT%H:00:00.000Z', 'UTC') AS hour"
    : "'' AS siteId, '' AS hour"
  return `SELECT ${place}, booking, why AS reason, count() AS arrivals
    FROM (${arrivals(offsets)}) WHERE ${conditions.join(' AND ')}
    GROUP BY siteId, hour, booking, reason ORDER BY siteId, hour, booking, reason
    ${finalSettings}`
}

/** Arrivals that have more than one current verdict. */
export const doubledSql = `
  SELECT count() AS records FROM (SELECT arrival_id FROM verdicts FINAL GROUP BY arrival_id HAVING count() > 1)
  ${finalSettings}`

/** Screened image records that a row answers. */
export const answeredSql = (offsets: LedgerOffsets): string => `
  SELECT count() AS records FROM (SELECT * FROM image_records FINAL) AS i
  WHERE ${isScreened(offsets, 'i')}
  ${finalSettings}`
