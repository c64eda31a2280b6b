-- Why columns left supplies to be billed one by one; of chunks done before, nobody counted.
ALTER TABLE bill_chunk ADD COLUMN one_by_one jsonb;
UPDATE bill_chunk SET one_by_one = '{}' WHERE state = 'done';
ALTER TABLE bill_chunk DROP CONSTRAINT bill_chunk_result,
    ADD CONSTRAINT bill_chunk_result CHECK (
        num_nonnulls(issued, held, parked, why, one_by_one, took_ms) IN (0, 6)
        AND (took_ms IS NOT NULL) = (state = 'done'));
