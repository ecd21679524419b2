-- What corrections mean, worked out when they are stored (src/analytics/stores/people-of-site.ts). Of what was
-- erased only this is left: that there was an arrival, when, and which image record answered for it.

CREATE TABLE IF NOT EXISTS erased_arrivals
(
    event_id FixedString(64) CODEC(ZSTD(1)),
    arrival_id UUID CODEC(ZSTD(1)),
    site_id LowCardinality(String),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    attempt UInt16,
    image_topic LowCardinality(String),
    image_partition UInt16,
    image_offset UInt64 CODEC(ZSTD(1)),
    version UInt64 MATERIALIZED bitShiftLeft(toUInt64(attempt), 48) + (281474976710655 - image_offset) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(received_at)
ORDER BY (event_id, arrival_id, site_id);

-- Whose films are erased, those that are still to come as well. Rows are only ever added.
CREATE TABLE IF NOT EXISTS erased_people
(
    site_id LowCardinality(String),
    subject_key FixedString(64)
)
ENGINE = ReplacingMergeTree
ORDER BY (site_id, subject_key);

-- Under which keys a person votes who came under another one. `version` counts the relinks that were known.
CREATE TABLE IF NOT EXISTS relinked_people
(
    site_id LowCardinality(String),
    subject_key FixedString(64) COMMENT 'as the films have it',
    person_key FixedString(64),
    link_key String COMMENT 'empty where the films keep their own',
    version UInt32
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (site_id, subject_key);

INSERT INTO erased_people SELECT DISTINCT site_id, toFixedString(subject_key, 64) FROM corrections WHERE kind = 'erase';
