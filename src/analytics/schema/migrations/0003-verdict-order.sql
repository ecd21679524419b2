-- Which verdict on an arrival counts, whatever the order in which rows are written, merged or replayed: the highest
-- attempt; then an answer (finding, rejection) before a dead letter; then the lowest image offset; then the latest
-- screening. 16, 16, 48 and 48 bits; the last one counts milliseconds since 1900, the first that a DateTime64 holds.
-- Old rows get their version anew, so that none is ever compared by the old rule once this is done. Readings keep their
-- `version`, which names the image record that they come from: they count beside a verdict of the same attempt and offset.

ALTER TABLE verdicts MODIFY COLUMN version UInt128 MATERIALIZED
    bitShiftLeft(toUInt128(attempt), 112)
    + bitShiftLeft(toUInt128(kind != 'deadLettered'), 96)
    + bitShiftLeft(toUInt128(281474976710655 - image_offset), 48)
    + toUInt128(toUnixTimestamp64Milli(screened_at) + 2208988800000)
    CODEC(ZSTD(1));

ALTER TABLE verdicts MATERIALIZE COLUMN version SETTINGS mutations_sync = 2;
