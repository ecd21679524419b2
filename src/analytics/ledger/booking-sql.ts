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
 * The order of a film's arrivals, as SQL over the columns of one: the live lane before the backfill, so that an archive
 * never displaces a reading that stands; within a lane, all lie in one partition, so that offsets order them.
 */
const placeOf = (alias: string): string =>
  `(${alias}.image_topic != '${filmLanes.live.name}', ${alias}.image_offset)`

/**
 * FINAL within each partition is exact, because received_at is fixed with the key; should one arrival ever
 * stand in two months, both rows appear, and the ledger counts it as doubled.
 */
export const finalSettings = 'SETTINGS do_not_merge_across_partitions_select_final = 1'

/**
 * SQL of every current verdict with its `booking`: deadLettered, erased, duplicate, conflict, or, for the
 * primary arrival of a film, finding or rejected. Primary is the first in order whose verdict is no dead letter
 * and not erased. Another arrival is a duplicate where pixels or bytes are the same, else a conflict. A film belongs to its site: nobody can make
 * a stranger's film a duplicate. `films` is a condition on `verdicts` that holds for all arrivals of a film or
 * for none. Only films with several arrivals are ranked, so most rows cost no sorting.
 */
export const bookedVerdicts = (films = 'true'): string => `
  SELECT
    v.*,
    multiIf(
      ${isErased('v')}, 'erased',
      v.kind = 'deadLettered', 'deadLettered',
      NOT p.is_known OR ${placeOf('v')} = p.primary_place, toString(v.kind),
      (v.pixel_hash != '' AND v.pixel_hash = p.primary_pixels) OR v.content_sha256 = p.primary_content, 'duplicate',
      'conflict'
    ) AS booking
  FROM (SELECT * FROM verdicts FINAL WHERE ${films}) AS v
  LEFT JOIN (
    SELECT
      site_id,
      event_id,
      true AS is_known,
      min(${placeOf('r')}) AS primary_place,
      argMin(pixel_hash, ${placeOf('r')}) AS primary_pixels,
      argMin(content_sha256, ${placeOf('r')}) AS primary_content
    FROM (SELECT * FROM verdicts FINAL WHERE ${films}) AS r
    WHERE kind != 'deadLettered' AND NOT ${isErased('r')}
      AND event_id IN (SELECT event_id FROM verdicts WHERE ${films} GROUP BY event_id HAVING count() > 1)
    GROUP BY site_id, event_id
  ) AS p ON p.site_id = v.site_id AND p.event_id = v.event_id`
