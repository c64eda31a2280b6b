-- What a document charges inside its own period is charged once because no other document in
-- force is of those days: so only what it charges on other days has to be kept, and compared.
-- Two spellings of a CUPS are one point here too. Where two documents in force are of one point
-- and day by now, this fails, and one of them must be taken back.
ALTER TABLE invoice DROP CONSTRAINT invoice_one_a_day;
ALTER TABLE invoice ADD CONSTRAINT invoice_one_a_day
    EXCLUDE USING gist (contract WITH =, left(cups, 20) WITH =, period WITH &&)
    WHERE (kind <> 'credit_note' AND cancelled_by IS NULL);

-- The one answer to what a document in force charges, and for which days: line by line, for a
-- rectification of the bill it leaves. `guarded` are the days no other document can charge, for
-- it has none of them; days written off are kept whatever the period, for they are asked for.
-- Label and tax are read by themselves: most lines are never asked for them.
-- Lines of a price that recurs are of one price when component, label, tax code and rate are the
-- same: registers and steps have labels of their own, VAT by use divides a line by its rate.
CREATE VIEW charged_line AS
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

-- What of it is to be kept, by component.
CREATE VIEW charged_outside AS
SELECT invoice_id, number, contract, cups, component,
    range_agg(datemultirange(days) - datemultirange(guarded)) AS days
FROM charged_line WHERE NOT days <@ guarded
GROUP BY invoice_id, number, contract, cups, component;

-- A component that two documents charge for one day, outside the period of the first.
CREATE VIEW charged_clash AS
SELECT span.invoice_id AS outside_id, other.id AS invoice_id, other.number, span.component
FROM charged_span AS span
JOIN invoice AS other ON other.contract = span.contract
    AND left(other.cups, 20) = left(span.cups, 20) AND other.period && span.days
    AND other.id <> span.invoice_id
    AND other.kind <> 'credit_note' AND other.cancelled_by IS NULL
WHERE EXISTS (
    SELECT FROM charged_line AS line WHERE line.invoice_id = other.id
        AND line.component = span.component AND line.days && span.days);

-- What was kept of every day, less the days that are guarded now.
CREATE TEMPORARY TABLE outside ON COMMIT DROP AS
SELECT invoice_id, span.contract, span.cups, component,
    unnest(datemultirange(days) - datemultirange(period)) AS days
FROM charged_span AS span JOIN invoice ON invoice.id = invoice_id
WHERE component <> 'back_billing' AND NOT days <@ period;
DELETE FROM charged_span WHERE component <> 'back_billing';
INSERT INTO charged_span (invoice_id, contract, cups, component, days)
SELECT invoice_id, contract, cups, component, days FROM outside;
DROP TABLE outside;
CREATE INDEX charged_span_point ON charged_span (contract, left(cups, 20));

DROP FUNCTION charge_spans(bigint[]);
-- Documents are found by their keys, whatever is known of tables that grow as fast as a bill run
-- writes; a chunk of it is looked at in memory.
CREATE FUNCTION charge_spans(ids bigint[]) RETURNS void LANGUAGE plpgsql
SET enable_bitmapscan = off SET enable_seqscan = off SET work_mem = '32MB' AS $$
DECLARE
    found_in record;
    clash record;
BEGIN
    -- A line that nothing can clash with is not looked at twice, nor a price of one line.
    WITH line AS MATERIALIZED (
        SELECT invoice_id, component, days, guarded, label, tax_code, tax_rate, recurs
        FROM charged_line WHERE invoice_id = ANY (ids) AND (recurs OR NOT days <@ guarded)
    ), again AS MATERIALIZED (
        SELECT invoice_id FROM line WHERE recurs
        GROUP BY invoice_id, component, label, tax_code, tax_rate HAVING count(*) > 1
    ), twice AS (
        SELECT invoice_id, component
        FROM line WHERE recurs AND invoice_id IN (SELECT invoice_id FROM again)
        GROUP BY invoice_id, component, label, tax_code, tax_rate
        HAVING sum(upper(days) - lower(days)) > (
            SELECT sum(upper(part) - lower(part)) FROM unnest(range_agg(days)) AS part)
        LIMIT 1
    )
    SELECT twice.invoice_id, twice.component, kept.ids INTO found_in
    FROM (SELECT array_agg(DISTINCT invoice_id) AS ids FROM line WHERE NOT days <@ guarded) AS kept
    LEFT JOIN twice ON true;
    IF found_in.invoice_id IS NOT NULL THEN
        RAISE EXCEPTION 'invoice % charges % twice for a day',
            (SELECT number FROM invoice WHERE id = found_in.invoice_id), found_in.component
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'charged_span_once';
    END IF;
    IF found_in.ids IS NOT NULL THEN
        -- Whoever issues for the contract holds it for key share since the document was inserted,
        -- so one of both waits: the statements below see what the other charged, or it sees this.
        PERFORM FROM contract WHERE number IN (
            SELECT contract FROM charged_line
            WHERE invoice_id = ANY (found_in.ids) AND NOT days <@ period)
        ORDER BY number COLLATE "C" FOR UPDATE;
        INSERT INTO charged_span (invoice_id, contract, cups, component, days)
        SELECT invoice_id, contract, cups, component, unnest(days)
        FROM charged_outside WHERE invoice_id = ANY (found_in.ids);
        SELECT number, component INTO clash
        FROM charged_clash WHERE outside_id = ANY (found_in.ids) LIMIT 1;
    END IF;
    IF clash IS NULL THEN
        SELECT number, component INTO clash
        FROM charged_clash WHERE invoice_id = ANY (ids) LIMIT 1;
    END IF;
    IF clash IS NOT NULL THEN
        RAISE EXCEPTION 'a day of % is charged by invoice % and another',
            clash.component, clash.number
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'charged_span_once';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION invoice_held_for_plan() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held record;
BEGIN
    -- Whoever plans holds the contract until its plan is there to be seen by the next statement;
    -- whoever charges other days than those of the period, until its days are.
    PERFORM FROM contract WHERE number IN (SELECT contract FROM inserted WHERE kind <> 'credit_note')
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

-- A rectification may change no line: what it leaves is charged all the same. Looked at once its
-- contract is held: triggers fire in the order of their names.
CREATE OR REPLACE FUNCTION invoice_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO issued_items (contract, point, day, documents, items)
    SELECT contract, left(cups, 20), lower(period), count(*), 0 FROM inserted
    GROUP BY contract, left(cups, 20), lower(period)
    ORDER BY contract, left(cups, 20), lower(period)
    ON CONFLICT (contract, point, day)
        DO UPDATE SET documents = issued_items.documents + excluded.documents;
    RETURN NULL;
END $$;

CREATE FUNCTION invoice_standing_charged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM charge_spans(array_agg(id)) FROM inserted WHERE kind = 'rectification'
    HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER invoice_standing_charged AFTER INSERT ON invoice
    REFERENCING NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION invoice_standing_charged();

-- The lines of a document are numbered from one and come together: nothing can be added to what
-- was looked at. What came is gone through once, for it carries the texts of the lines.
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
