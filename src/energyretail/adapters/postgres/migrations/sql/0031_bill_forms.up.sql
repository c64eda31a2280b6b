-- Bills that differ in nothing but what was measured share one form: their lines with the numbers
-- left open. It is kept once; each bill keeps its own numbers and no text.

CREATE TABLE bill_form (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest text NOT NULL CONSTRAINT bill_form_once UNIQUE,
    period daterange NOT NULL,
    -- JSON; what is open is marked by a character that jsonb does not hold.
    body text NOT NULL
);

CREATE TABLE bill_form_line (
    form_id bigint NOT NULL REFERENCES bill_form,
    position int NOT NULL,
    -- The line as it is told, less its amount and what is open of quantity and price.
    told jsonb NOT NULL,
    PRIMARY KEY (form_id, position)
);

CREATE TRIGGER bill_form_immutable BEFORE UPDATE OR DELETE ON bill_form
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bill_form_line_immutable BEFORE UPDATE OR DELETE ON bill_form_line
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- No reference by row: the table is one of the great ones.
ALTER TABLE invoice ADD COLUMN form_id bigint;

ALTER TABLE invoice_line
    ALTER COLUMN body DROP NOT NULL,
    ADD COLUMN quantity numeric,
    ADD COLUMN price numeric,
    -- Which line of the form it is, where that is not the one of its position: lines of rounding
    -- stand only where there is something to round.
    ADD COLUMN form_position int;

ALTER TABLE invoice_tax DISABLE TRIGGER invoice_tax_immutable;
ALTER TABLE invoice_tax
    ALTER COLUMN body DROP NOT NULL,
    ADD COLUMN rate numeric,
    ADD COLUMN base_cents bigint;
UPDATE invoice_tax SET rate = CAST(body ->> 'rate' AS numeric),
    base_cents = CAST(body ->> 'base_cents' AS bigint);
ALTER TABLE invoice_tax ALTER COLUMN rate SET NOT NULL, ALTER COLUMN base_cents SET NOT NULL;
ALTER TABLE invoice_tax ENABLE TRIGGER invoice_tax_immutable;

-- Every line as it is told, without how its numbers came to be.
CREATE VIEW told_line AS
    SELECT line.invoice_id, line.position, line.component, line.amount_cents,
        CASE WHEN line.body IS NOT NULL THEN line.body - 'derivation'
            ELSE form.told || jsonb_build_object('amount_cents', line.amount_cents)
                || jsonb_strip_nulls(jsonb_build_object(
                    'quantity', line.quantity::text, 'price', line.price::text)) END AS body
    FROM invoice_line AS line
    LEFT JOIN invoice ON line.body IS NULL AND invoice.id = line.invoice_id
    LEFT JOIN bill_form_line AS form
        ON form.form_id = invoice.form_id AND form.position = coalesce(line.form_position, line.position);

CREATE INDEX supply_key ON supply (((contract || '/' || cups) COLLATE "C"));

-- As before, of lines kept by their form too.
CREATE OR REPLACE VIEW charged_line AS
SELECT invoice.id AS invoice_id, invoice.number, invoice.contract, invoice.cups, invoice.period,
    said.component, daterange(said."from", said.until) AS days,
    CASE said.component WHEN 'back_billing' THEN 'empty' ELSE invoice.period END AS guarded,
    line.body ->> 'label' AS label, line.body ->> 'tax_code' AS tax_code,
    CAST(line.body ->> 'tax_rate' AS numeric) AS tax_rate,
    said.price_unit ~ '[/·](day|month|year)$' AS recurs
FROM invoice CROSS JOIN LATERAL (
    SELECT body FROM told_line
    WHERE invoice_id = invoice.id AND invoice.stands IS NULL
    UNION ALL
    SELECT body FROM jsonb_array_elements(invoice.stands -> 'lines') AS standing (body)
) AS line CROSS JOIN LATERAL jsonb_to_record(line.body) AS said (component text,
    "from" date, until date, price_unit text)
WHERE invoice.kind <> 'credit_note' AND invoice.cancelled_by IS NULL;

-- A form is looked at once for all its bills: it charges no day twice, and none that is not of
-- its period.
CREATE FUNCTION bill_form_charged() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    WITH line AS (
        SELECT inserted.form_id, form.period, said.component, said.label, said.tax_code,
            said.tax_rate, daterange(said."from", said.until) AS days,
            said.price_unit ~ '[/·](day|month|year)$' AS recurs
        FROM inserted JOIN bill_form AS form ON form.id = inserted.form_id
        CROSS JOIN LATERAL jsonb_to_record(inserted.told) AS said (component text,
            "from" date, until date, label text, tax_code text, tax_rate numeric, price_unit text)
    )
    SELECT form_id, component INTO wrong FROM line WHERE NOT days <@ period
    UNION ALL
    SELECT form_id, component FROM line WHERE recurs
    GROUP BY form_id, component, label, tax_code, tax_rate
    HAVING count(*) > 1 AND sum(upper(days) - lower(days)) > (
        SELECT sum(upper(part) - lower(part)) FROM unnest(range_agg(days)) AS part)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'form % charges % twice for a day, or beyond its period',
            wrong.form_id, wrong.component
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'charged_span_once';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER bill_form_charged AFTER INSERT ON bill_form_line
    REFERENCING NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION bill_form_charged();

CREATE FUNCTION refuse_charged_clash(ids bigint[]) RETURNS void LANGUAGE plpgsql
SET enable_bitmapscan = off SET enable_seqscan = off AS $$
DECLARE
    clash record;
BEGIN
    SELECT number, component INTO clash FROM charged_clash WHERE invoice_id = ANY (ids) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a day of % is charged by invoice % and another',
            clash.component, clash.number
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'charged_span_once';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION invoice_line_charged() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
    counts bigint[];
    apart bigint[];
    astray text;
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
    SELECT number INTO astray FROM invoice JOIN bill_form ON bill_form.id = form_id
    WHERE invoice.id = ANY (ids) AND invoice.period <> bill_form.period LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'invoice % is kept by the form of another period', astray
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invoice_form_period';
    END IF;
    PERFORM charge_spans(array_agg(id)) FROM invoice
    WHERE id = ANY (ids) AND kind NOT IN ('credit_note', 'rectification') AND form_id IS NULL
    HAVING count(*) > 0;
    PERFORM refuse_charged_clash(array_agg(id)) FROM invoice
    WHERE id = ANY (ids) AND form_id IS NOT NULL HAVING count(*) > 0;
    RETURN NULL;
END $$;
