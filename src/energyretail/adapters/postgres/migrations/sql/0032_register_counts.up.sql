-- What each bill's registers counted, told beside it: a bulk run holds bills against those before
-- them, and would read all their readings again for it.
ALTER TABLE invoice
    -- By register, in order of their names, in thousandths; NULL where one began again.
    ADD COLUMN register_counts bigint[],
    -- Whether one of its readings is an estimate.
    ADD COLUMN estimated boolean NOT NULL DEFAULT false;

ALTER TABLE invoice DISABLE TRIGGER invoice_only_cancelled, DISABLE TRIGGER invoice_taken_back;
UPDATE invoice SET estimated = read.estimated,
    register_counts = CASE WHEN NOT read.fell THEN read.counts END
FROM (
    SELECT invoice_id, bool_or(estimated) AS estimated, bool_or(fell) AS fell,
        array_agg(CAST(counted * 1000 AS bigint) ORDER BY register COLLATE "C") AS counts
    FROM (
        SELECT invoice_id, register, bool_or(quality = 'estimated') AS estimated,
            bool_or(index_kwh < coalesce(before, 0) OR scale(trim_scale(index_kwh)) > 3) AS fell,
            coalesce(sum(index_kwh - before), 0) AS counted
        FROM (
            SELECT invoice_id, register, quality, index_kwh,
                lag(index_kwh) OVER (PARTITION BY invoice_id, register ORDER BY taken_on) AS before
            FROM invoice_reading
        ) AS one
        GROUP BY invoice_id, register
    ) AS each
    GROUP BY invoice_id
) AS read
WHERE invoice.id = read.invoice_id;
ALTER TABLE invoice ENABLE TRIGGER invoice_only_cancelled, ENABLE TRIGGER invoice_taken_back;
