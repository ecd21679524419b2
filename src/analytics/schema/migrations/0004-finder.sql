-- Which finder cut the hips out that a verdict tells of; empty where nothing was found, and for verdicts of before it was
-- noted.

ALTER TABLE verdicts ADD COLUMN IF NOT EXISTS finder_version LowCardinality(String) AFTER exposed_share;

ALTER TABLE verdicts ADD COLUMN IF NOT EXISTS finder_digest LowCardinality(String) AFTER finder_version;
