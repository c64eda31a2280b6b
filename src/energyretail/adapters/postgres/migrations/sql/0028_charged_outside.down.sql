DROP TRIGGER invoice_standing_charged ON invoice;
DROP FUNCTION invoice_standing_charged();
CREATE OR REPLACE FUNCTION invoice_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO issued_items (contract, point, day, documents, items)
    SELECT contract, left(cups, 20), lower(period), count(*), 0 FROM inserted
    GROUP BY contract, left(cups, 20), lower(period)
    ORDER BY contract, left(cups, 20), lower(period)
    ON CONFLICT (contract, point, day)
        DO UPDATE SET documents = issued_items.documents + excluded.documents;
    -- A rectification may change no line: what it leaves is charged all the same.
    PERFORM charge_spans(array_agg(id)) FROM inserted WHERE kind = 'rectification';
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION invoice_line_charged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO issued_items (contract, point, day, documents, items)
    SELECT contract, left(cups, 20), lower(period), 0, count(*)
    FROM inserted JOIN invoice ON invoice.id = inserted.invoice_id
    GROUP BY contract, left(cups, 20), lower(period)
    ORDER BY contract, left(cups, 20), lower(period)
    ON CONFLICT (contract, point, day)
        DO UPDATE SET items = issued_items.items + excluded.items;
    PERFORM charge_spans(array_agg(DISTINCT invoice.id))
    FROM inserted JOIN invoice ON invoice.id = inserted.invoice_id
    WHERE invoice.kind <> 'rectification';
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION invoice_held_for_plan() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held record;
BEGIN
    -- Whoever plans holds the contract until its plan is there to be seen by the next statement.
    PERFORM FROM contract WHERE number IN (SELECT contract FROM inserted WHERE kind = 'invoice')
    ORDER BY number COLLATE "C" FOR KEY SHARE;
    SELECT inserted.number INTO held
    FROM inserted CROSS JOIN LATERAL (
        -- As billing decides: the first plan the bill has days of, which it may close.
        SELECT span FROM instalment_plan AS plan
        WHERE plan.contract = inserted.contract AND plan.settled_on IS NULL
            AND plan.span && inserted.period
        ORDER BY plan.first_day LIMIT 1
    ) AS plan
    WHERE inserted.kind = 'invoice' AND upper(inserted.period) < upper(plan.span)
        AND NOT EXISTS (
            SELECT FROM supply WHERE supply.contract = inserted.contract
                AND supply.cups = inserted.cups AND supply.ended_on = upper(inserted.period))
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'invoice % ends inside the span of a plan', held.number
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'invoice_held_for_plan';
    END IF;
    RETURN NULL;
END $$;
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
DROP INDEX charged_span_point;
DELETE FROM charged_span;
DROP VIEW charged_clash;
DROP VIEW charged_outside;
DROP VIEW charged_line;
SELECT charge_spans(array_agg(id)) FROM invoice;
ALTER TABLE invoice DROP CONSTRAINT invoice_one_a_day;
ALTER TABLE invoice ADD CONSTRAINT invoice_one_a_day
    EXCLUDE USING gist (contract WITH =, cups WITH =, period WITH &&)
    WHERE (kind <> 'credit_note' AND cancelled_by IS NULL);
