import { unattributedSite } from '../../contracts/identifiers.ts'
import type { LedgerScope } from '../../contracts/ledger.ts'
import { bookedVerdicts, finalSettings, isErased } from './booking-sql.ts'
import { isInLog, isScreened, isSunk, type LaneEnds, type LedgerOffsets } from './ledger-offsets.ts'

const position = (alias: string): string =>
  `(${alias}.image_topic, ${alias}.image_partition, ${alias}.image_offset)`

/** Places of unreadable records that an arrival's receipt, verdict or tombstone names: they count as that arrival. */
const claimed = ['receipts', 'verdicts', 'erased_arrivals']
  .map(
    (table) => `SELECT image_topic, image_partition, image_offset FROM ${table} FINAL
      WHERE (image_topic, image_partition, image_offset) IN (SELECT image_topic, image_partition, image_offset FROM unattributed)`,
  )
  .join(' UNION ALL ')

const nobody = "toUUID('00000000-0000-0000-0000-000000000000')"
const arrivalKey = 'site_id, event_id, arrival_id'

const withoutVerdict = '(site_id, arrival_id) NOT IN (SELECT site_id, arrival_id FROM verdicts)'

/** Places that receipts without a verdict name and that have answered for an arrival with one. */
const answeredForOthers = `
  SELECT image_topic, image_partition, image_offset FROM image_records FINAL
  WHERE arrival_id != ${nobody} AND (site_id, arrival_id) IN (SELECT site_id, arrival_id FROM verdicts)
    AND (image_topic, image_partition, image_offset) IN (
      SELECT image_topic, image_partition, image_offset FROM receipts WHERE ${withoutVerdict})`

/**
 * Arrivals without a verdict: by their receipts; or by the tombstone of an erased one; or, where all that is gone,
 * by an image record that was answered once. Whether a row exists needs no FINAL, and is asked once for all tables. A receipt
 * that names the record of another arrival says nothing.
 */
const verdictless = `
  SELECT *
  FROM (
    SELECT ${arrivalKey}, received_at, subject_key, image_topic, image_partition, image_offset, true AS has_receipt
    FROM receipts FINAL
    WHERE (image_topic, image_partition, image_offset) NOT IN (${answeredForOthers})
    UNION ALL
    SELECT ${arrivalKey}, received_at, '', image_topic, image_partition, image_offset, true
    FROM erased_arrivals FINAL
    UNION ALL
    SELECT site_id, '', arrival_id, received_at, '', image_topic, image_partition, image_offset, false
    FROM image_records FINAL WHERE arrival_id != ${nobody}
  )
  WHERE ${withoutVerdict}
  ORDER BY has_receipt DESC, image_offset
  LIMIT 1 BY site_id, arrival_id`

const missing = (offsets: LedgerOffsets, alias: string): string =>
  `if(${isScreened(offsets, alias)} AND ${isSunk(offsets, alias)}, 'lost', 'inFlight')`

/** SQL of arrivals without a verdict, booked. */
const bookedVerdictless = (offsets: LedgerOffsets): string => `
  SELECT m.site_id AS site_id, m.event_id AS event_id, m.arrival_id AS arrival_id, m.received_at AS received_at,
    m.has_receipt AS has_receipt, m.image_topic AS image_topic, m.image_partition AS image_partition,
    m.image_offset AS image_offset,
    multiIf(${isErased('m')}, 'erased', u.is_known, toString(u.kind), ${missing(offsets, 'm')}) AS booking,
    if(booking != 'erased' AND u.is_known, u.reason, '') AS why
  FROM (${verdictless}) AS m
  LEFT JOIN (SELECT *, true AS is_known FROM unattributed FINAL) AS u ON ${position('u')} = ${position('m')}`

/**
 * One row for each arrival, by what is known of it: its verdict; else the unreadable record that its receipt
 * names; else nothing, and then Kafka's offsets say whether it is in flight or lost. Unreadable records that no
 * arrival claims follow, and last such records that were answered once and are gone.
 */
const arrivals = (offsets: LedgerOffsets): string => `
    SELECT site_id, received_at, booking, if(booking IN ('rejected', 'deadLettered'), reason, '') AS why
    FROM (${bookedVerdicts()})
    UNION ALL
    SELECT site_id, received_at, booking, why FROM (${bookedVerdictless(offsets)})
    UNION ALL
    SELECT '${unattributedSite}' AS site_id, u.received_at, toString(u.kind) AS booking, u.reason AS why
    FROM (SELECT * FROM unattributed FINAL) AS u
    WHERE ${position('u')} NOT IN (${claimed})
    UNION ALL
    SELECT i.site_id, i.received_at, ${missing(offsets, 'i')} AS booking, '' AS why
    FROM (SELECT * FROM image_records FINAL WHERE arrival_id = ${nobody}) AS i
    WHERE ${position('i')} NOT IN (SELECT image_topic, image_partition, image_offset FROM unattributed)`

/** SQL of the clinic and the hour of a row. */
const clinicHour =
  "toString(site_id) AS siteId, formatDateTime(received_at, '%FT%H:00:00.000Z', 'UTC') AS hour"

const conditionsOf = (scope: LedgerScope): string =>
  [
    'true',
    ...(scope.siteId === undefined ? [] : ['site_id = {siteId:String}']),
    ...(scope.from === undefined ? [] : ['received_at >= parseDateTime64BestEffort({from:String}, 3)']),
    ...(scope.to === undefined ? [] : ['received_at < parseDateTime64BestEffort({to:String}, 3)']),
  ].join(' AND ')

/** Arrivals by booking and reason, and by clinic and hour where asked. */
export const ledgerSql = (offsets: LedgerOffsets, scope: LedgerScope, byClinicHour: boolean): string => {
  const place = byClinicHour ? clinicHour : "'' AS siteId, '' AS hour"
  return `SELECT ${place}, booking, why AS reason, count() AS arrivals
    FROM (${arrivals(offsets)}) WHERE ${conditionsOf(scope)}
    GROUP BY siteId, hour, booking, reason ORDER BY siteId, hour, booking, reason
    ${finalSettings}`
}

/** Receipts that are looked at in one go. */
export const checkedReceipts = 20_000

/**
 * The receipts of arrivals that would be called lost, or that name a place which the log does not have: before that is said,
 * their signatures are checked. Anybody may have written them.
 */
export const doubtfulReceiptsSql = (offsets: LedgerOffsets, ends: LaneEnds, scope: LedgerScope): string => `
  SELECT r.site_id AS siteId, toString(r.event_id) AS eventId, toString(r.arrival_id) AS arrivalId, ${receiptFields('r')},
    formatDateTime(r.received_at, '%FT%H:00:00.000Z', 'UTC') AS hour, a.booking AS booking
  FROM (
    SELECT site_id, event_id, arrival_id, booking FROM (${bookedVerdictless(offsets)}) AS m
    WHERE has_receipt AND ${conditionsOf(scope)} AND (booking = 'lost' OR (booking = 'inFlight' AND NOT ${isInLog(ends, 'm')}))
  ) AS a
  INNER JOIN (SELECT * FROM receipts FINAL) AS r
    ON r.site_id = a.site_id AND r.event_id = a.event_id AND r.arrival_id = a.arrival_id
  ORDER BY r.site_id, r.arrival_id LIMIT ${checkedReceipts}
  ${finalSettings}`

/** Receipts that say other things of an arrival than its verdict does. */
export const contradictingReceiptsSql = (): string => {
  const said = `cityHash64(${arrivalKey}, received_at, spool_id, sequence, subject_key, subject_from, link_key,
    content_type, content_size, content_sha256)`
  return `
  SELECT r.site_id AS siteId, toString(r.event_id) AS eventId, toString(r.arrival_id) AS arrivalId, ${receiptFields('r')},
    '' AS hour, 'contradicted' AS booking
  FROM (SELECT * FROM receipts FINAL) AS r
  WHERE cityHash64(${arrivalKey}) IN (SELECT cityHash64(${arrivalKey}) FROM verdicts)
    AND ${said} NOT IN (SELECT ${said} FROM verdicts)
  ORDER BY r.site_id, r.arrival_id LIMIT ${checkedReceipts}
  ${finalSettings}`
}

/** What a site signed, as a receipt's row holds it. */
const receiptFields = (alias: string): string =>
  [
    ['received_at', 'receivedAt'],
    ['sent_at', 'sentAt'],
    ['toString(spool_id)', 'spoolId'],
    ['sequence', 'sequence'],
    ['toString(subject_key)', 'subjectKey'],
    ['subject_from', 'subjectFrom'],
    ['link_key', 'linkKey'],
    ['content_type', 'contentType'],
    ['toUInt64(content_size)', 'contentSize'],
    ['toString(content_sha256)', 'contentSha256'],
    ['toString(attributes_sha256)', 'attributesSha256'],
    ['gate_refusal', 'gateRefusal'],
    ['lane', 'lane'],
    ['key_id', 'keyId'],
    ['signature', 'signature'],
    ['told_at', 'toldAt'],
  ]
    .map(
      ([column = '', name = '']) =>
        `${column.replace(/^(toString\(|toUInt64\()?/, (open) => `${open}${alias}.`)} AS ${name}`,
    )
    .join(', ')

/** Arrivals that have more than one current verdict. */
export const doubledSql = `
  SELECT count() AS records FROM (SELECT 1 FROM verdicts FINAL GROUP BY ${arrivalKey} HAVING count() > 1)
  ${finalSettings}`

/** Screened image records that a row answers, by partition. */
export const answeredSql = (offsets: LedgerOffsets): string => `
  SELECT image_partition AS partition, count() AS records FROM (SELECT * FROM image_records FINAL) AS i
  WHERE ${isScreened(offsets, 'i')} GROUP BY partition
  ${finalSettings}`

/** Answered records at places that the log never had, by clinic. */
export const misplacedSql = (ends: LaneEnds): string => `
  SELECT toString(site_id) AS siteId, count() AS records FROM (SELECT * FROM image_records FINAL) AS i
  WHERE ${isLane('i')} AND NOT ${isInLog(ends, 'i')} GROUP BY siteId ORDER BY siteId
  ${finalSettings}`

const isLane = (
  alias: string,
): string => `(${alias}.arrival_id != ${nobody} OR startsWith(${alias}.image_topic, 'hip.images.')
    OR startsWith(${alias}.image_topic, 'hip.backfill.'))`

/** Verdicts that no record of an image backs, by clinic. */
export const unbackedSql = `
  SELECT toString(site_id) AS siteId, count() AS records FROM verdicts FINAL
  WHERE cityHash64(site_id, arrival_id) NOT IN (
    SELECT cityHash64(site_id, arrival_id) FROM image_records WHERE arrival_id != ${nobody})
  GROUP BY siteId ORDER BY siteId
  ${finalSettings}`

/** Arrival ids that more than one clinic uses: the clinics that came later with them. */
export const sharedIdsSql = `
  SELECT siteId, count() AS records FROM (
    SELECT arrayJoin(arrayPopFront(arrayMap(x -> x.2, arraySort(groupUniqArray((first_at, toString(site_id))))))) AS siteId
    FROM (SELECT arrival_id, site_id, min(appended_at) AS first_at FROM verdicts GROUP BY arrival_id, site_id)
    GROUP BY arrival_id HAVING count() > 1
  ) GROUP BY siteId ORDER BY siteId`
