-- Each verdict with its booking: among the arrivals of a film, the lowest offset whose verdict is not a dead letter
-- is primary; another one is a duplicate where its pixels (or, where there are none, its bytes) are the same, else
-- a conflict. All arrivals of a film lie in one partition, so offsets order them.

CREATE OR REPLACE VIEW bookings AS
SELECT
    *,
    multiIf(
        kind = 'deadLettered', 'deadLettered',
        image_offset = primary_offset, toString(kind),
        pixel_hash != '' AND primary_film.1 != '', if(pixel_hash = primary_film.1, 'duplicate', 'conflict'),
        if(content_sha256 = primary_film.2, 'duplicate', 'conflict')
    ) AS booking
FROM
(
    SELECT
        *,
        minIf(image_offset, kind != 'deadLettered') OVER (PARTITION BY event_id) AS primary_offset,
        argMinIf((pixel_hash, content_sha256), image_offset, kind != 'deadLettered')
            OVER (PARTITION BY event_id) AS primary_film
    FROM verdicts FINAL
);
