ALTER TABLE bill_chunk DROP CONSTRAINT bill_chunk_result;
ALTER TABLE bill_chunk DROP COLUMN one_by_one,
    ADD CONSTRAINT bill_chunk_result CHECK (
        num_nonnulls(issued, held, parked, why, took_ms) IN (0, 5)
        AND (took_ms IS NOT NULL) = (state = 'done'));
