import { filmLanes } from '../../contracts/topics.ts'

/**
 * SQL that is true for an arrival that was erased or retracted; `arrival` is an alias with its ids and subject key.
 * A correction counts from the moment at which it is stored, before the rows have gone.
 */
export const isErased = (arrival: string): string => `(
  (${arrival}.site_id, ${arrival}.subject_key) IN (SELECT site_id, subject_key FROM erased_people)
  OR (${arrival}.site_id, ${arrival}.arrival_id) IN (SELECT site_id, arrival_id FROM erased_arrivals)
  OR (${arrival}.site_id, toString(${arrival}.event_id), ${arrival}.arrival_id) IN (
    SELECT site_id, event_id, assumeNotNull(arrival_id) FROM corrections WHERE kind = 'retract'))`

/**
 * FINAL within each partition is exact, because received_at is in the arrival id; should a row ever stand in two months,
 * both appear, and the ledger counts its arrival as doubled.
 */
export const finalSettings = 'SETTINGS do_not_merge_across_partitions_select_final = 1'

/** What ranking needs of one arrival of a film that has several. */
const rankedType = `Tuple(
  arrival_id UUID, person String, subject_key String, link_key String, is_patient Bool, is_finding Bool,
  is_backfill Bool, first_offset UInt64, appended_at DateTime64(3), pixel_hash String, content String)`

/** When an arrival came: by Kafka's clock; of one millisecond, the live lane first, then the lower place. */
const came = (alias: string): string => `(${alias}.appended_at, ${alias}.is_backfill, ${alias}.first_offset)`

/** Films with several arrivals that count: neither dead letters nor erased. Few films need this, so most rows cost no sorting. */
const ranked = (films: string): string => `
  SELECT
    site_id,
    event_id,
    true AS is_known,
    groupArray(CAST(tuple(
      r.arrival_id, if(l.is_relinked, toString(l.person_key), toString(r.subject_key)), toString(r.subject_key), r.link_key,
      r.subject_from = 'patient', r.kind = 'finding', r.image_topic != '${filmLanes.live.name}', r.first_offset,
      r.appended_at, r.pixel_hash, toString(r.content_sha256)), '${rankedType}')) AS arrivals,
    arrayFilter(a -> a.is_patient, arrivals) AS with_patient,
    notEmpty(with_patient) AS has_person,
    arrayReverseSort(a -> ${came('a')}, with_patient)[1] AS latest,
    arrayMap(a -> a.subject_key, arrayFilter(a -> a.person = latest.person, with_patient)) AS keys_of_person,
    arraySort(a -> (NOT a.is_finding, a.is_backfill, a.first_offset),
      arrayFilter(a -> NOT a.is_patient OR a.person = latest.person, arrivals))[1] AS first_arrival
  FROM (
    SELECT * FROM (SELECT * FROM verdicts FINAL WHERE ${films}) AS v
    WHERE kind != 'deadLettered' AND NOT ${isErased('v')}
      AND (site_id, event_id) IN (
        SELECT site_id, event_id FROM verdicts WHERE ${films} GROUP BY site_id, event_id HAVING count() > 1)
  ) AS r
  LEFT JOIN (SELECT *, true AS is_relinked FROM relinked_people FINAL) AS l
    ON l.site_id = r.site_id AND l.subject_key = r.subject_key
  GROUP BY site_id, event_id`

/**
 * SQL of every current verdict with its `booking`, and with the keys under which its person votes (`vote_subject`,
 * `vote_link`). Among the arrivals of a film
 *   1. the identity that came last holds, whatever the lane: earlier ones of another person are superseded. A requeue or an
 *      arrival without a patient id changes none;
 *   2. of the others a finding is primary before a rejection, then the live lane before the backfill, then the lowest place;
 *   3. a refusal that a later acceptance has overtaken is superseded; the rest are duplicates where pixels or bytes are the
 *      same, else conflicts.
 * Dead letters stay dead letters. A film belongs to its site: nobody can make a stranger's film a duplicate. `films` is a
 * condition on `verdicts` that holds for all arrivals of a film or for none.
 */
export const bookedVerdicts = (films = 'true'): string => `
  SELECT
    v.*,
    multiIf(
      ${isErased('v')}, 'erased',
      v.kind = 'deadLettered', 'deadLettered',
      NOT p.is_known, toString(v.kind),
      v.subject_from = 'patient' AND p.has_person AND NOT has(p.keys_of_person, toString(v.subject_key)), 'superseded',
      v.arrival_id = p.first_arrival.arrival_id, toString(v.kind),
      v.kind = 'rejected' AND p.first_arrival.is_finding
        AND (v.appended_at, v.image_topic != '${filmLanes.live.name}', v.first_offset) < ${came('p.first_arrival')}, 'superseded',
      (v.pixel_hash != '' AND v.pixel_hash = p.first_arrival.pixel_hash)
        OR toString(v.content_sha256) = p.first_arrival.content, 'duplicate',
      'conflict'
    ) AS booking,
    if(p.is_known AND p.has_person, toFixedString(p.latest.subject_key, 64), v.subject_key) AS vote_subject,
    if(p.is_known AND p.has_person, p.latest.link_key, v.link_key) AS vote_link
  FROM (SELECT * FROM verdicts FINAL WHERE ${films}) AS v
  LEFT JOIN (${ranked(films)}) AS p ON p.site_id = v.site_id AND p.event_id = v.event_id`

const readingKey = [
  'site_id',
  'event_id',
  'arrival_id',
  'attempt',
  'image_topic',
  'image_partition',
  'image_offset',
] as const

/** The columns that say to which verdict a reading belongs. */
export const readingColumns = readingKey.join(', ')

/** SQL that is true for a reading (an alias of `findings`) of a verdict (another alias): same attempt, same place. */
export const isReadingOf = (finding: string, verdict: string): string =>
  readingKey.map((column) => `${finding}.${column} = ${verdict}.${column}`).join(' AND ')
