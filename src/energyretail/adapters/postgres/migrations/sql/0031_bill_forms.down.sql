-- What was kept by a form cannot be told without it.
DO $$ BEGIN
    IF EXISTS (SELECT FROM invoice WHERE form_id IS NOT NULL) THEN
        RAISE EXCEPTION 'there are bills that are kept by their form';
    END IF;
END $$;

DROP INDEX supply_key;

CREATE OR REPLACE FUNCTION invoice_line_charged() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
    counts bigint[];
    apart bigint[];
BEGIN
    SELECT array_agg(invoice_id), array_agg(lines),
        array_agg(invoice_id) FILTER (WHERE first <> 1 OR last <> lines)
    INTO ids, counts, apart
    FROM (
        SELECT invoice_id, count(*) AS lines, min(position) AS first, max(position) AS last
        FROM inserted GROUP BY invoice_id
    ) AS came;
    IF apart IS NOT NULL THEN
        RAISE EXCEPTION 'the lines of invoice % do not come together', apart[1]
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invoice_line_together';
    END IF;
    INSERT INTO issued_items (contract, point, day, documents, items)
    SELECT contract, left(cups, 20), lower(period), 0, sum(came.lines)
    FROM unnest(ids, counts) AS came (invoice_id, lines) JOIN invoice ON invoice.id = invoice_id
    GROUP BY contract, left(cups, 20), lower(period)
    ORDER BY contract, left(cups, 20), lower(period)
    ON CONFLICT (contract, point, day)
        DO UPDATE SET items = issued_items.items + excluded.items;
    PERFORM charge_spans(array_agg(id)) FROM invoice
    WHERE id = ANY (ids) AND kind NOT IN ('credit_note', 'rectification') HAVING count(*) > 0;
    RETURN NULL;
END $$;
DROP FUNCTION refuse_charged_clash(bigint[]);

CREATE OR REPLACE VIEW charged_line AS
SELECT invoice.id AS invoice_id, invoice.number, invoice.contract, invoice.cups, invoice.period,
    said.component, daterange(said."from", said.until) AS days,
    CASE said.component WHEN 'back_billing' THEN 'empty' ELSE invoice.period END AS guarded,
    line.body ->> 'label' AS label, line.body ->> 'tax_code' AS tax_code,
    CAST(line.body ->> 'tax_rate' AS numeric) AS tax_rate,
    said.price_unit ~ '[/·](day|month|year)$' AS recurs
FROM invoice CROSS JOIN LATERAL (
    SELECT body FROM invoice_line
    WHERE invoice_id = invoice.id AND invoice.stands IS NULL
    UNION ALL
    SELECT body FROM jsonb_array_elements(invoice.stands -> 'lines') AS standing (body)
) AS line CROSS JOIN LATERAL jsonb_to_record(line.body) AS said (component text,
    "from" date, until date, price_unit text)
WHERE invoice.kind <> 'credit_note' AND invoice.cancelled_by IS NULL;
DROP VIEW told_line;
ALTER TABLE invoice_tax ALTER COLUMN body SET NOT NULL, DROP COLUMN rate, DROP COLUMN base_cents;
ALTER TABLE invoice_line
    ALTER COLUMN body SET NOT NULL, DROP COLUMN quantity, DROP COLUMN price,
    DROP COLUMN form_position;
ALTER TABLE invoice DROP COLUMN form_id;
DROP TABLE bill_form_line;
DROP FUNCTION bill_form_charged();
DROP TABLE bill_form;
