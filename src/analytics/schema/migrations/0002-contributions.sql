-- What each film adds to the figures of the monitor, kept under the week and the month that it adds to. A film that moves
-- (erased, relinked, superseded, dated anew) leaves a row with `counts` false behind, so that its old windows are made
-- again and no others. Everything here follows from the tables of 0001 and can be made again from them.
CREATE TABLE IF NOT EXISTS film_contributions
(
    month Date32,
    week Date32 COMMENT 'the Monday',
    site_id LowCardinality(String),
    event_id FixedString(64) CODEC(ZSTD(1)),
    pass UInt64 COMMENT 'the pass that wrote it' CODEC(ZSTD(1)),
    counts Bool,
    region LowCardinality(String),
    domain LowCardinality(String),
    maker LowCardinality(String),
    detector LowCardinality(String),
    software_version LowCardinality(String),
    day Date32,
    is_implausible Bool,
    person String CODEC(ZSTD(1)),
    is_linked Bool,
    sex LowCardinality(String),
    age_band LowCardinality(String),
    examination_reason LowCardinality(String),
    has_vote Bool,
    without_vote LowCardinality(String) COMMENT 'why there is none',
    density_class LowCardinality(String),
    model_digest LowCardinality(String),
    finder_digest LowCardinality(String),
    severity Float64 CODEC(ZSTD(1)),
    soft_tissue_level Nullable(Float64) CODEC(ZSTD(1)),
    background_level Nullable(Float64) CODEC(ZSTD(1)),
    noise Nullable(Float64) CODEC(ZSTD(1)),
    kvp Nullable(Float64) CODEC(ZSTD(1)),
    exposure_index Nullable(Float64) CODEC(ZSTD(1)),
    deviation_index Nullable(Float64) CODEC(ZSTD(1)),
    place Tuple(DateTime64(3, 'UTC'), String, UInt16, UInt64) COMMENT 'of films of one day the first votes'
)
ENGINE = ReplacingMergeTree(pass)
ORDER BY (month, week, site_id, event_id);

-- Films about which something was stored. The sink writes it after the rows themselves, so whoever reads a line here finds
-- what it speaks of.
CREATE TABLE IF NOT EXISTS touched_films
(
    site_id LowCardinality(String),
    event_id FixedString(64) CODEC(ZSTD(1)),
    touched_at DateTime64(3, 'UTC') DEFAULT now64(3) CODEC(Delta, ZSTD(1))
)
ENGINE = MergeTree
ORDER BY touched_at;

-- Passes of the monitor over touched films. `tables` names the tables that were read: others are there after a replay.
CREATE TABLE IF NOT EXISTS monitor_passes
(
    pass UInt64,
    touched_until DateTime64(3, 'UTC'),
    tables UUID,
    registry String COMMENT 'a hash of what the site registry says of places',
    inputs String COMMENT 'a digest of what figures are made with besides films: cards and methods',
    generation UInt32 COMMENT 'how often a replay has exchanged the tables'
)
ENGINE = ReplacingMergeTree
ORDER BY pass;
