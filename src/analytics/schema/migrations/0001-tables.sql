-- Rows are immutable, keyed with their site first and such that a replay rewrites them: no clinic can take over a row of
-- another. Which row of a key counts is stated once, in `version`. Tables of arrivals are partitioned by the month of
-- received_at, which the arrival id holds, so that one arrival never stands in two; months that no film can have share a
-- partition, because a clinic's clock may show any of them.
-- Hex digests are FixedString(64): no length to store or compare, readable as they stand, and ZSTD brings
-- them back to about 32 bytes on disk. '' or 0 says "absent" where the value itself can be neither.
-- Closed lists that may grow are LowCardinality; the two that cannot (kind, class) are Enum8.

-- What a clinic signed of each arrival, and where Kafka stored it: a copy with another signature or another place is a
-- row of its own, so that a forged receipt replaces none. Who reads a receipt without a verdict checks its signature.
CREATE TABLE IF NOT EXISTS receipts
(
    site_id LowCardinality(String),
    event_id FixedString(64) CODEC(ZSTD(1)),
    arrival_id UUID CODEC(ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    sent_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    spool_id UUID CODEC(ZSTD(1)),
    sequence UInt64 CODEC(Delta, ZSTD(1)),
    subject_key FixedString(64) CODEC(ZSTD(1)),
    subject_from LowCardinality(String),
    link_key String CODEC(ZSTD(1)),
    content_type LowCardinality(String),
    content_size UInt32 CODEC(ZSTD(1)),
    content_sha256 FixedString(64) CODEC(ZSTD(1)),
    attributes_sha256 FixedString(64) CODEC(ZSTD(1)),
    gate_refusal LowCardinality(String),
    lane LowCardinality(String),
    key_id LowCardinality(String),
    signature String CODEC(ZSTD(1)),
    image_topic LowCardinality(String),
    image_partition UInt16,
    image_offset UInt64 CODEC(ZSTD(1)),
    told_at DateTime64(3, 'UTC') COMMENT 'when Kafka appended the receipt' CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY if(toYYYYMM(received_at) BETWEEN 201501 AND 204912, toYYYYMM(received_at), 0)
ORDER BY (site_id, event_id, arrival_id, signature, image_topic, image_partition, image_offset);

-- Which verdict on an arrival counts, whatever the order in which rows are written, merged or replayed: the highest
-- attempt; then an answer (finding, rejection) before a dead letter; then the lowest image offset (the records of an
-- arrival share a partition); then the latest screening. 16, 16, 48 and 48 bits; the last one counts milliseconds since
-- 1900, the first that a DateTime64 holds.
CREATE TABLE IF NOT EXISTS verdicts
(
    site_id LowCardinality(String),
    event_id FixedString(64) CODEC(ZSTD(1)),
    arrival_id UUID CODEC(ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    sent_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    spool_id UUID CODEC(ZSTD(1)),
    sequence UInt64 CODEC(Delta, ZSTD(1)),
    subject_key FixedString(64) CODEC(ZSTD(1)),
    subject_from LowCardinality(String),
    link_key String CODEC(ZSTD(1)),
    content_type LowCardinality(String),
    content_size UInt32 CODEC(ZSTD(1)),
    content_sha256 FixedString(64) CODEC(ZSTD(1)),
    appended_at DateTime64(3, 'UTC') COMMENT 'when Kafka appended the first record of the arrival' CODEC(Delta, ZSTD(1)),
    believed_at DateTime64(3, 'UTC') COMMENT 'received_at, or what is taken for it where that cannot be' CODEC(Delta, ZSTD(1)),
    clock_fault LowCardinality(String) COMMENT 'why received_at cannot be; empty where it can',
    first_offset UInt64 COMMENT 'of the first record of the arrival; a requeue does not change it' CODEC(ZSTD(1)),
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
    finder_version LowCardinality(String),
    finder_digest LowCardinality(String),
    provider LowCardinality(String),
    runtime_version LowCardinality(String),
    letter_size UInt32 CODEC(ZSTD(1)),
    letter_digest String CODEC(ZSTD(1)),
    letter_headers Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    version UInt128 MATERIALIZED
        bitShiftLeft(toUInt128(attempt), 112)
        + bitShiftLeft(toUInt128(kind != 'deadLettered'), 96)
        + bitShiftLeft(toUInt128(281474976710655 - image_offset), 48)
        + toUInt128(toUnixTimestamp64Milli(screened_at) + 2208988800000)
        CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY if(toYYYYMM(received_at) BETWEEN 201501 AND 204912, toYYYYMM(received_at), 0)
ORDER BY (site_id, event_id, arrival_id);

-- One row for each hip and model. A row counts only beside the current verdict of its arrival, when that is a
-- finding of the same attempt and place: what another attempt or another outcome left behind is never read.
CREATE TABLE IF NOT EXISTS findings
(
    site_id LowCardinality(String),
    event_id FixedString(64) CODEC(ZSTD(1)),
    arrival_id UUID CODEC(ZSTD(1)),
    hip LowCardinality(String) COMMENT 'the side, with a number where it is unknown or was there before',
    model_digest LowCardinality(FixedString(64)) COMMENT 'SHA-256 over the digests of weights, preprocessing and thresholds',
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
    image_topic LowCardinality(String),
    image_partition UInt16,
    image_offset UInt64 CODEC(ZSTD(1)),
    version UInt64 MATERIALIZED bitShiftLeft(toUInt64(attempt), 48) + (281474976710655 - image_offset) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY if(toYYYYMM(received_at) BETWEEN 201501 AND 204912, toYYYYMM(received_at), 0)
ORDER BY (site_id, event_id, arrival_id, hip, model_digest);

-- Records of which nothing is believed, or that could not say which arrival they are; the place is the key.
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
PARTITION BY if(toYYYYMM(received_at) BETWEEN 201501 AND 204912, toYYYYMM(received_at), 0)
ORDER BY (image_topic, image_partition, image_offset);

-- Which image records have been answered: a redelivered arrival has one verdict row but two records, so only
-- places can be compared with Kafka's offsets. arrival_id is nil where the record is unattributed.
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
PARTITION BY if(toYYYYMM(received_at) BETWEEN 201501 AND 204912, toYYYYMM(received_at), 0)
ORDER BY (image_topic, image_partition, image_offset);

-- Of what was erased only this is left: that there was an arrival, when, its number, and which image record answered for it.
CREATE TABLE IF NOT EXISTS erased_arrivals
(
    site_id LowCardinality(String),
    event_id FixedString(64) CODEC(ZSTD(1)),
    arrival_id UUID CODEC(ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    spool_id UUID CODEC(ZSTD(1)),
    sequence UInt64 CODEC(Delta, ZSTD(1)),
    attempt UInt16,
    image_topic LowCardinality(String),
    image_partition UInt16,
    image_offset UInt64 CODEC(ZSTD(1)),
    version UInt64 MATERIALIZED bitShiftLeft(toUInt64(attempt), 48) + (281474976710655 - image_offset) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY if(toYYYYMM(received_at) BETWEEN 201501 AND 204912, toYYYYMM(received_at), 0)
ORDER BY (site_id, event_id, arrival_id);

-- Whose films are erased, those that are still to come as well. Rows are only ever added. What corrections mean is worked
-- out when they are stored (src/analytics/stores/people-of-site.ts).
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
    site_id LowCardinality(String),
    correction_id UUID,
    kind LowCardinality(String),
    spool_id UUID COMMENT 'nil where no spool of the clinic numbered it',
    sequence UInt64,
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
ORDER BY (site_id, correction_id);

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

-- Of several records of one entry the latest by its own time counts: one that is sent again undoes nothing.
CREATE TABLE IF NOT EXISTS sites
(
    site_id LowCardinality(String),
    valid_from DateTime64(3, 'UTC'),
    valid_to Nullable(DateTime64(3, 'UTC')),
    name String,
    region LowCardinality(String),
    time_zone LowCardinality(String),
    domain LowCardinality(String),
    keys String COMMENT 'the public keys as a JSON array',
    told_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(told_at)
ORDER BY (site_id, valid_from);

-- The audit trail: what people told the engine to do.
CREATE TABLE IF NOT EXISTS commands
(
    site_id LowCardinality(String) COMMENT 'empty where it concerns no single clinic',
    command_id UUID,
    kind LowCardinality(String),
    who String,
    why String,
    at DateTime64(3, 'UTC'),
    details String COMMENT 'what else it says, a JSON object'
)
ENGINE = ReplacingMergeTree
ORDER BY (site_id, command_id);

-- Numbers of spools whose films must not leave their clinic.
CREATE TABLE IF NOT EXISTS withheld
(
    site_id LowCardinality(String),
    spool_id UUID,
    sequence UInt64,
    at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY (site_id, spool_id, sequence);

CREATE TABLE IF NOT EXISTS announcements
(
    site_id LowCardinality(String),
    announcement_id UUID,
    change LowCardinality(String),
    from_day Date32,
    text String,
    who String,
    at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY (site_id, announcement_id);

CREATE TABLE IF NOT EXISTS phantom_readings
(
    site_id LowCardinality(String),
    phantom_id UUID,
    spool_id UUID,
    sequence UInt64,
    received_at DateTime64(3, 'UTC'),
    read_at DateTime64(3, 'UTC'),
    image_topic LowCardinality(String),
    image_partition UInt16,
    image_offset UInt64,
    acquisition_day Nullable(Date32),
    maker LowCardinality(String),
    detector LowCardinality(String),
    software_version LowCardinality(String),
    soft_tissue_level Float64,
    background_level Float64,
    noise Float64,
    entropy Float64,
    readings String COMMENT 'model and severity, a JSON array'
)
ENGINE = ReplacingMergeTree
ORDER BY (site_id, phantom_id);

CREATE TABLE IF NOT EXISTS canary_readings
(
    film FixedString(64),
    canary_id UUID,
    read_at DateTime64(3, 'UTC'),
    model_name LowCardinality(String),
    model_version LowCardinality(String),
    provider LowCardinality(String),
    runtime_version LowCardinality(String),
    difference Float64 COMMENT 'largest absolute difference of a probability from what was expected'
)
ENGINE = ReplacingMergeTree
ORDER BY (film, canary_id);

-- Drawn people of a demonstration: never beside real ones, and in no table of arrivals.
CREATE TABLE IF NOT EXISTS history_readings
(
    site_id LowCardinality(String),
    history_id UUID,
    subject_key FixedString(64),
    received_at DateTime64(3, 'UTC'),
    kind Enum8('finding' = 1, 'rejected' = 2),
    attributes String COMMENT 'a JSON object',
    outcome String COMMENT 'a JSON object'
)
ENGINE = ReplacingMergeTree
ORDER BY (site_id, history_id);

-- Revisions of what the monitor says; none is ever overwritten.
CREATE TABLE IF NOT EXISTS reports
(
    scope_kind LowCardinality(String),
    scope_id String,
    window_kind LowCardinality(String),
    window_start Date32,
    method LowCardinality(String),
    method_version UInt16,
    revision UInt32,
    report_id FixedString(64),
    provisional Bool,
    made_at DateTime64(3, 'UTC'),
    cut String COMMENT 'offsets and generation, a JSON object',
    body String COMMENT 'the figures, a JSON object'
)
ENGINE = ReplacingMergeTree
ORDER BY (scope_kind, scope_id, window_kind, window_start, method, revision, report_id);

CREATE TABLE IF NOT EXISTS populations
(
    region LowCardinality(String),
    year UInt16,
    sex LowCardinality(String),
    age_band LowCardinality(String),
    residents UInt64,
    source String,
    who String,
    why String,
    at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (region, year, sex, age_band);
