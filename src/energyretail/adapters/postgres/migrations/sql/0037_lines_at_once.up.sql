-- The documents of the lines that came are looked up one time for all that is asked of them. What
-- charges days outside its own is rare: a bill kept by its form is held against that only where
-- its point has any. Documents are found by their keys, whatever is known of the table's size.
CREATE OR REPLACE FUNCTION invoice_line_charged() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    found_in record;
BEGIN
    WITH came AS MATERIALIZED (
        SELECT invoice_id, count(*) AS lines, min(position) AS first, max(position) AS last
        FROM inserted GROUP BY invoice_id
    ), document AS MATERIALIZED (
        SELECT invoice_id AS id, number, kind, contract, left(cups, 20) AS point, invoice.period, form_id,
            lines, first = 1 AND last = lines AS is_together,
            invoice.period = bill_form.period AS is_of_form
        FROM came LEFT JOIN invoice ON invoice.id = came.invoice_id
            LEFT JOIN bill_form ON bill_form.id = form_id
    ), counted AS (
        INSERT INTO issued_items (contract, point, day, documents, items)
        SELECT contract, point, lower(period), count(*) FILTER (WHERE form_id IS NOT NULL),
            sum(lines)
        FROM document WHERE contract IS NOT NULL
        GROUP BY contract, point, lower(period)
        ORDER BY contract, point, lower(period)
        ON CONFLICT (contract, point, day) DO UPDATE SET
            documents = issued_items.documents + excluded.documents,
            items = issued_items.items + excluded.items
    )
    SELECT min(id) FILTER (WHERE NOT is_together) AS apart,
        min(number) FILTER (WHERE NOT is_of_form) AS astray,
        array_agg(id) FILTER (
            WHERE form_id IS NULL AND kind NOT IN ('credit_note', 'rectification')) AS by_lines,
        array_agg(id) FILTER (WHERE form_id IS NOT NULL AND EXISTS (
            SELECT FROM charged_span AS span
            WHERE span.contract = document.contract AND left(span.cups, 20) = document.point
        )) AS by_form
    INTO found_in FROM document;
    IF found_in.apart IS NOT NULL THEN
        RAISE EXCEPTION 'the lines of invoice % do not come together', found_in.apart
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invoice_line_together';
    END IF;
    IF found_in.astray IS NOT NULL THEN
        RAISE EXCEPTION 'invoice % is kept by the form of another period', found_in.astray
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invoice_form_period';
    END IF;
    IF found_in.by_lines IS NOT NULL THEN
        PERFORM charge_spans(found_in.by_lines);
    END IF;
    IF found_in.by_form IS NOT NULL THEN
        PERFORM refuse_charged_clash(found_in.by_form);
    END IF;
    RETURN NULL;
END $$;

-- What is set for a function is set for those it calls: theirs are plans of sets.
ALTER FUNCTION charge_spans(bigint[]) SET enable_hashjoin = on;
ALTER FUNCTION charge_spans(bigint[]) SET enable_mergejoin = on;
ALTER FUNCTION refuse_charged_clash(bigint[]) SET enable_hashjoin = on;
ALTER FUNCTION refuse_charged_clash(bigint[]) SET enable_mergejoin = on;
