-- Bills that differ in nothing but what was measured share one form: their lines with the numbers
-- left open. It is kept once; each bill keeps its own numbers and no text.

CREATE TABLE bill_form (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest text NOT NULL CONSTRAINT bill_form_once UNIQUE,
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
CREATE OR REPLACE FUNCTION charge_spans(ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    AS $_$
DECLARE
    twice record;
BEGIN
    WITH line AS MATERIALIZED (
        SELECT invoice.id, invoice.number, invoice.contract, invoice.cups, said.component,
            daterange(said."from", said.until) AS days, said.label, said.tax_code, said.tax_rate,
            said.price_unit ~ '[/·](day|month|year)$' AS recurs
        FROM invoice CROSS JOIN LATERAL (
            SELECT body FROM told_line
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
END $_$;
