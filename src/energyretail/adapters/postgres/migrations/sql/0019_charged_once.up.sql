-- A recurring price is charged once for a day inside one document too: what `range_agg` merges
-- does not clash with itself. Lines are of one price when component, label, tax code and rate are
-- the same: registers and steps have labels of their own, VAT by use divides a line by its rate.
DROP FUNCTION charge_spans(bigint[]);
CREATE FUNCTION charge_spans(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    twice record;
BEGIN
    WITH line AS MATERIALIZED (
        SELECT invoice.id, invoice.number, invoice.contract, invoice.cups, said.component,
            daterange(said."from", said.until) AS days, said.label, said.tax_code, said.tax_rate,
            said.price_unit ~ '[/·](day|month|year)$' AS recurs
        FROM invoice CROSS JOIN LATERAL (
            SELECT body FROM invoice_line
            WHERE invoice_id = invoice.id AND invoice.stands IS NULL
            UNION ALL
            SELECT body FROM jsonb_array_elements(invoice.stands -> 'lines') AS standing (body)
        ) AS line CROSS JOIN LATERAL jsonb_to_record(line.body) AS said (component text,
            "from" date, until date, label text, tax_code text, tax_rate numeric,
            price_unit text)
        WHERE invoice.id = ANY (ids) AND invoice.kind <> 'credit_note'
            AND invoice.cancelled_by IS NULL
    ), kept AS (
        INSERT INTO charged_span (invoice_id, contract, cups, component, days)
        SELECT id, contract, cups, component, unnest(range_agg(days))
        FROM line GROUP BY id, contract, cups, component
    )
    SELECT number, component INTO twice
    FROM line WHERE recurs GROUP BY id, number, component, label, tax_code, tax_rate
    HAVING sum(upper(days) - lower(days)) > (
        SELECT sum(upper(part) - lower(part)) FROM unnest(range_agg(days)) AS part)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'invoice % charges % twice for a day', twice.number, twice.component
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'charged_span_once';
    END IF;
END $$;

-- Whose count others rest on, or that rest on one: few, and every chunk of corrections looks.
CREATE INDEX invoice_recounted ON invoice (id)
    WHERE (carried_from <> '{}' OR counted <> '{}')
        AND kind <> 'credit_note' AND cancelled_by IS NULL;
