-- Rows are immutable and keyed so that a replay rewrites them. `version` is stated once, here: the attempt in
-- the high 16 bits, then a rank by which the LOWER image offset wins among records of one arrival and attempt.
-- Tables of arrivals are partitioned by the month of received_at, which is fixed with the arrival id.
-- Hex digests are FixedString(64): no length to store or compare, readable as they stand, and ZSTD brings
-- them back to about 32 bytes on disk. '' or 0 says "absent" where the value itself can be neither.
-- Closed lists that may grow are LowCardinality; the two that cannot (kind, class) are Enum8.

CREATE TABLE IF NOT EXISTS receipts
(
    event_id FixedString(64) CODEC(ZSTD(1)),
    arrival_id UUID CODEC(ZSTD(1)),
    site_id LowCardinality(String),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    subject_key FixedString(64) CODEC(ZSTD(1)),
    link_key String CODEC(ZSTD(1)),
    content_type LowCardinality(String),
    content_size UInt32 CODEC(ZSTD(1)),
    content_sha256 FixedString(64) CODEC(ZSTD(1)),
    attempt UInt16,
    image_topic LowCardinality(String),
    image_partition UInt16,
    image_offset UInt64 CODEC(ZSTD(1)),
    version UInt64 MATERIALIZED bitShiftLeft(toUInt64(attempt), 48) + (281474976710655 - image_offset) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(received_at)
ORDER BY (event_id, arrival_id);

CREATE TABLE IF NOT EXISTS verdicts
(
    event_id FixedString(64) CODEC(ZSTD(1)),
    arrival_id UUID CODEC(ZSTD(1)),
    site_id LowCardinality(String),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    subject_key FixedString(64) CODEC(ZSTD(1)),
    link_key String CODEC(ZSTD(1)),
    content_type LowCardinality(String),
    content_size UInt32 CODEC(ZSTD(1)),
    content_sha256 FixedString(64) CODEC(ZSTD(1)),
    age_band LowCardinality(String),
    sex LowCardinality(String),
    acquisition_day Nullable(Date32),
    modality LowCardinality(String),
    body_part LowCardinality(String),
    view_position LowCardinality(String),
    laterality LowCardinality(String),
    maker LowCardinality(String),
    device_model LowCardinality(String),
    detector LowCardinality(String),
    software_version LowCardinality(String),
    kvp Nullable(Float64) CODEC(ZSTD(1)),
    exposure_index Nullable(Float64) CODEC(ZSTD(1)),
    deviation_index Nullable(Float64) CODEC(ZSTD(1)),
    pixel_rows UInt32 CODEC(ZSTD(1)),
    pixel_columns UInt32 CODEC(ZSTD(1)),
    photometric_interpretation LowCardinality(String),
    imager_pixel_spacing_mm Array(Float64) CODEC(ZSTD(1)),
    examination_reason LowCardinality(String),
    attempt UInt16,
    image_topic LowCardinality(String),
    image_partition UInt16,
    image_offset UInt64 CODEC(ZSTD(1)),
    screened_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    kind Enum8('finding' = 1, 'rejected' = 2, 'deadLettered' = 3),
    reason LowCardinality(String) COMMENT 'of a rejection, or the code of a dead letter',
    detail String CODEC(ZSTD(1)),
    pixel_hash String CODEC(ZSTD(1)),
    hips UInt8,
    warnings Array(LowCardinality(String)),
    soft_tissue_level Nullable(Float64) CODEC(ZSTD(1)),
    background_level Nullable(Float64) CODEC(ZSTD(1)),
    noise Nullable(Float64) CODEC(ZSTD(1)),
    entropy Nullable(Float64) CODEC(ZSTD(1)),
    exposed_share Nullable(Float64) CODEC(ZSTD(1)),
    provider LowCardinality(String),
    runtime_version LowCardinality(String),
    letter_size UInt32 CODEC(ZSTD(1)),
    letter_digest String CODEC(ZSTD(1)),
    letter_headers Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    version UInt64 MATERIALIZED bitShiftLeft(toUInt64(attempt), 48) + (281474976710655 - image_offset) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(received_at)
ORDER BY (event_id, arrival_id);

-- One row for each hip and model. A row counts only beside the current verdict of its arrival, when that is a
-- finding of the same version: what another attempt or another outcome left behind is never read.
CREATE TABLE IF NOT EXISTS findings
(
    event_id FixedString(64) CODEC(ZSTD(1)),
    arrival_id UUID CODEC(ZSTD(1)),
    hip LowCardinality(String) COMMENT 'the side, with a number where it is unknown or was there before',
    model_digest LowCardinality(FixedString(64)) COMMENT 'SHA-256 over the digests of weights, preprocessing and thresholds',
    site_id LowCardinality(String),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    box Array(Float64) CODEC(ZSTD(1)),
    region_score Float64 CODEC(ZSTD(1)),
    warnings Array(LowCardinality(String)),
    eligible Bool,
    disagreement Nullable(Float64) CODEC(ZSTD(1)),
    model_name LowCardinality(String),
    model_version LowCardinality(String),
    weights_digest LowCardinality(FixedString(64)),
    preprocessing_digest LowCardinality(FixedString(64)),
    thresholds_digest LowCardinality(FixedString(64)),
    is_primary Bool,
    density_class Enum8('normal' = 1, 'osteopenia' = 2, 'osteoporosis' = 3),
    p_normal Float64 CODEC(ZSTD(1)),
    p_osteopenia Float64 CODEC(ZSTD(1)),
    p_osteoporosis Float64 CODEC(ZSTD(1)),
    severity Float64 CODEC(ZSTD(1)),
    t_score Nullable(Float64) CODEC(ZSTD(1)),
    embedding Array(Float32) CODEC(ZSTD(1)),
    attempt UInt16,
    image_offset UInt64 CODEC(ZSTD(1)),
    version UInt64 MATERIALIZED bitShiftLeft(toUInt64(attempt), 48) + (281474976710655 - image_offset) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(received_at)
ORDER BY (event_id, arrival_id, hip, model_digest);

-- Records that could not say which arrival they are; the pointer topic:partition:offset is the key.
CREATE TABLE IF NOT EXISTS unattributed
(
    image_topic LowCardinality(String),
    image_partition UInt16,
    image_offset UInt64 CODEC(ZSTD(1)),
    pointer String ALIAS concat(image_topic, ':', toString(image_partition), ':', toString(image_offset)),
    received_at DateTime64(3, 'UTC') COMMENT 'the broker''s time stamp' CODEC(Delta, ZSTD(1)),
    attempt UInt16,
    screened_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    kind Enum8('finding' = 1, 'rejected' = 2, 'deadLettered' = 3),
    reason LowCardinality(String),
    detail String CODEC(ZSTD(1)),
    letter_size UInt32 CODEC(ZSTD(1)),
    letter_digest String CODEC(ZSTD(1)),
    letter_headers Map(LowCardinality(String), String) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(attempt)
PARTITION BY toYYYYMM(received_at)
ORDER BY (image_topic, image_partition, image_offset);

-- Which image records have been answered: a redelivered arrival has one verdict row but two records, so only
-- positions can be compared with Kafka's offsets. arrival_id is nil where the record is unattributed.
CREATE TABLE IF NOT EXISTS image_records
(
    image_topic LowCardinality(String),
    image_partition UInt16,
    image_offset UInt64 CODEC(Delta, ZSTD(1)),
    arrival_id UUID CODEC(ZSTD(1)),
    site_id LowCardinality(String),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (image_topic, image_partition, image_offset);

-- Small tables: no partitions, because a date that is put right must replace its row.
CREATE TABLE IF NOT EXISTS reference_tests
(
    site_id LowCardinality(String),
    test_id FixedString(64),
    subject_key FixedString(64),
    link_key String,
    measured_on Date32,
    method LowCardinality(String),
    region LowCardinality(String),
    side LowCardinality(String),
    sex LowCardinality(String),
    t_score Float64,
    bmd Nullable(Float64),
    after_therapy_start Bool
)
ENGINE = ReplacingMergeTree
ORDER BY (site_id, test_id);

CREATE TABLE IF NOT EXISTS corrections
(
    correction_id UUID,
    kind LowCardinality(String),
    site_id LowCardinality(String),
    subject_key String,
    event_id String,
    arrival_id Nullable(UUID),
    new_subject_key String,
    new_link_key String,
    who String,
    why String,
    at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY correction_id;

CREATE TABLE IF NOT EXISTS alarms
(
    alarm_id UUID,
    kind LowCardinality(String),
    severity LowCardinality(String),
    scope String,
    title String,
    raised_at DateTime64(3, 'UTC'),
    evidence String COMMENT 'a JSON object',
    runbook LowCardinality(String),
    retracts Nullable(UUID)
)
ENGINE = ReplacingMergeTree
ORDER BY alarm_id;

CREATE TABLE IF NOT EXISTS sites
(
    site_id LowCardinality(String),
    valid_from DateTime64(3, 'UTC'),
    valid_to Nullable(DateTime64(3, 'UTC')),
    name String,
    region LowCardinality(String),
    time_zone LowCardinality(String),
    domain LowCardinality(String),
    keys String COMMENT 'the public keys as a JSON array'
)
ENGINE = ReplacingMergeTree
ORDER BY (site_id, valid_from);
