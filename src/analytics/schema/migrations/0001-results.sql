-- Rows are immutable: a row that is written again (a redelivery, a replay) has the same key and replaces itself.
-- version = attempt * 2^48 + (2^48 - 1 - image offset): a later attempt wins, and of two records of one arrival
-- with the same attempt the one that Kafka stored first.
-- The partition follows received_at, which is fixed with the arrival: a key that can change would leave two rows.

CREATE TABLE IF NOT EXISTS receipts
(
    event_id String CODEC(ZSTD),
    arrival_id String CODEC(ZSTD),
    site_id LowCardinality(String),
    received_at DateTime64(3, 'UTC'),
    subject_key String CODEC(ZSTD),
    link_key String CODEC(ZSTD),
    content_type LowCardinality(String),
    content_size UInt64,
    content_sha256 String CODEC(ZSTD),
    attributes String CODEC(ZSTD),
    attempt UInt16,
    image_topic LowCardinality(String),
    image_partition UInt16,
    image_offset UInt64,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(received_at)
ORDER BY (event_id, arrival_id);

CREATE TABLE IF NOT EXISTS verdicts
(
    event_id String CODEC(ZSTD),
    arrival_id String CODEC(ZSTD),
    site_id LowCardinality(String),
    received_at DateTime64(3, 'UTC'),
    subject_key String CODEC(ZSTD),
    link_key String CODEC(ZSTD),
    content_type LowCardinality(String),
    content_size UInt64,
    content_sha256 String CODEC(ZSTD),
    age_band LowCardinality(String),
    sex LowCardinality(String),
    acquisition_day Nullable(Date32),
    maker LowCardinality(String),
    examination_reason LowCardinality(String),
    attributes String CODEC(ZSTD),
    attempt UInt16,
    image_topic LowCardinality(String),
    image_partition UInt16,
    image_offset UInt64,
    screened_at DateTime64(3, 'UTC'),
    kind Enum8('finding' = 1, 'rejected' = 2, 'deadLettered' = 3),
    reason LowCardinality(String),
    code LowCardinality(String),
    detail String CODEC(ZSTD),
    pixel_hash String CODEC(ZSTD),
    payload_size UInt64,
    payload_digest String CODEC(ZSTD),
    payload_headers String CODEC(ZSTD),
    warnings Array(LowCardinality(String)),
    soft_tissue_level Float64,
    background_level Float64,
    noise Float64,
    entropy Float64,
    exposed_share Float64,
    provider LowCardinality(String),
    runtime_version LowCardinality(String),
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(received_at)
ORDER BY (event_id, arrival_id);

CREATE TABLE IF NOT EXISTS findings
(
    event_id String CODEC(ZSTD),
    arrival_id String CODEC(ZSTD),
    site_id LowCardinality(String),
    received_at DateTime64(3, 'UTC'),
    hip LowCardinality(String),
    model_digest String CODEC(ZSTD),
    model_name LowCardinality(String),
    model_version LowCardinality(String),
    weights_digest LowCardinality(String),
    preprocessing_digest LowCardinality(String),
    thresholds_digest LowCardinality(String),
    is_primary Bool,
    eligible Bool,
    warnings Array(LowCardinality(String)),
    region_score Float64,
    box Array(Float64),
    p_normal Float64,
    p_osteopenia Float64,
    p_osteoporosis Float64,
    density_class LowCardinality(String),
    severity Float64,
    t_score Nullable(Float64),
    embedding Array(Float32),
    disagreement Nullable(Float64),
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(received_at)
ORDER BY (event_id, arrival_id, hip, model_digest);

CREATE TABLE IF NOT EXISTS unattributed
(
    pointer String CODEC(ZSTD),
    received_at DateTime64(3, 'UTC'),
    image_topic LowCardinality(String),
    image_partition UInt16,
    image_offset UInt64,
    code LowCardinality(String),
    detail String CODEC(ZSTD),
    payload_size UInt64,
    payload_digest String CODEC(ZSTD),
    payload_headers String CODEC(ZSTD),
    screened_at DateTime64(3, 'UTC'),
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(received_at)
ORDER BY pointer;

CREATE TABLE IF NOT EXISTS sites
(
    site_id LowCardinality(String),
    valid_from DateTime64(3, 'UTC'),
    valid_to Nullable(DateTime64(3, 'UTC')),
    name String,
    region LowCardinality(String),
    time_zone LowCardinality(String),
    domain LowCardinality(String),
    entry String CODEC(ZSTD)
)
ENGINE = ReplacingMergeTree
ORDER BY (site_id, valid_from);

CREATE TABLE IF NOT EXISTS reference_tests
(
    test_id String CODEC(ZSTD),
    site_id LowCardinality(String),
    subject_key String CODEC(ZSTD),
    link_key String CODEC(ZSTD),
    measured_on Date32,
    side LowCardinality(String),
    t_score Float64,
    after_therapy_start Bool,
    entry String CODEC(ZSTD)
)
ENGINE = ReplacingMergeTree
ORDER BY test_id;

CREATE TABLE IF NOT EXISTS corrections
(
    correction_id String,
    site_id LowCardinality(String),
    kind LowCardinality(String),
    at DateTime64(3, 'UTC'),
    entry String CODEC(ZSTD)
)
ENGINE = ReplacingMergeTree
ORDER BY correction_id;

CREATE TABLE IF NOT EXISTS alarms
(
    alarm_id String,
    kind LowCardinality(String),
    severity LowCardinality(String),
    scope String,
    raised_at DateTime64(3, 'UTC'),
    entry String CODEC(ZSTD)
)
ENGINE = ReplacingMergeTree
ORDER BY alarm_id;
