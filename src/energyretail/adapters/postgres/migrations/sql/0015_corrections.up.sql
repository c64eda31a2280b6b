-- Corrections by difference, late prices, and bounds that hold whoever writes.
ALTER TABLE invoice
    -- What it was priced by; empty for documents issued before this was kept: they are checked.
    ADD COLUMN price_digest text NOT NULL DEFAULT '',
    -- The whole bill that holds after a rectification, whose own lines are differences.
    ADD COLUMN stands jsonb;
ALTER TABLE invoice DROP CONSTRAINT invoice_kind_check;
ALTER TABLE invoice ADD CONSTRAINT invoice_kind_check
    CHECK (kind IN ('invoice', 'credit_note', 'rebill', 'rectification'));
ALTER TABLE invoice ADD CONSTRAINT invoice_stands
    CHECK ((kind = 'rectification') = (stands IS NOT NULL));
CREATE UNIQUE INDEX invoice_rectified_once ON invoice (original) WHERE kind = 'rectification';
CREATE INDEX invoice_priced_by ON invoice (tariff, period, price_digest)
    WHERE kind <> 'credit_note' AND cancelled_by IS NULL;

-- Documents that were looked at again under other prices and stand as they are.
CREATE TABLE invoice_confirmed (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number text NOT NULL,
    price_digest text NOT NULL,
    CONSTRAINT invoice_confirmed_once UNIQUE (number, price_digest)
);
CREATE TRIGGER invoice_confirmed_immutable BEFORE UPDATE OR DELETE ON invoice_confirmed
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The days every component of a document in force is charged for. Triggers keep it, so that it
-- holds behind the back of the application too.
CREATE TABLE charged_span (
    invoice_id bigint NOT NULL,
    contract text NOT NULL,
    cups text NOT NULL,
    component text NOT NULL,
    days daterange NOT NULL,
    CONSTRAINT charged_span_once
        EXCLUDE USING gist (contract WITH =, left(cups, 20) WITH =, component WITH =, days WITH &&)
);
CREATE INDEX charged_span_invoice ON charged_span (invoice_id);

-- How much was issued for one contract, supply point and first day of a period: a loop that
-- corrects for ever ends here.
CREATE TABLE issued_items (
    contract text NOT NULL,
    point text NOT NULL,
    day date NOT NULL,
    documents int NOT NULL,
    items int NOT NULL,
    PRIMARY KEY (contract, point, day),
    CONSTRAINT issued_items_documents CHECK (documents BETWEEN 0 AND 200),
    CONSTRAINT issued_items_items CHECK (items BETWEEN 0 AND 20000)
);

CREATE FUNCTION charge_spans(ids bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO charged_span (invoice_id, contract, cups, component, days)
    SELECT charged.id, charged.contract, charged.cups, charged.component, unnest(charged.days)
    FROM (
        SELECT invoice.id, invoice.contract, invoice.cups, line.body ->> 'component' AS component,
            range_agg(daterange(CAST(line.body ->> 'from' AS date),
                CAST(line.body ->> 'until' AS date))) AS days
        FROM invoice CROSS JOIN LATERAL (
            SELECT body FROM invoice_line
            WHERE invoice_id = invoice.id AND invoice.stands IS NULL
            UNION ALL
            SELECT body FROM jsonb_array_elements(invoice.stands -> 'lines') AS standing (body)
        ) AS line
        WHERE invoice.id = ANY (ids) AND invoice.kind <> 'credit_note'
            AND invoice.cancelled_by IS NULL
        GROUP BY invoice.id, line.body ->> 'component'
    ) AS charged
$$;

CREATE FUNCTION invoice_counted() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER invoice_counted AFTER INSERT ON invoice
    REFERENCING NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION invoice_counted();

CREATE FUNCTION invoice_line_charged() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER invoice_line_charged AFTER INSERT ON invoice_line
    REFERENCING NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION invoice_line_charged();

CREATE FUNCTION invoice_taken_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM charged_span WHERE invoice_id IN (
        SELECT id FROM changed WHERE cancelled_by IS NOT NULL);
    RETURN NULL;
END $$;
CREATE TRIGGER invoice_taken_back AFTER UPDATE ON invoice
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION invoice_taken_back();

-- What stands already is charged, and counted, too.
SELECT charge_spans(array_agg(id)) FROM invoice;
INSERT INTO issued_items (contract, point, day, documents, items)
SELECT contract, left(cups, 20), lower(period), count(*), coalesce(sum(lines), 0)
FROM invoice CROSS JOIN LATERAL (
    SELECT count(*) AS lines FROM invoice_line WHERE invoice_id = invoice.id
) AS counted
GROUP BY 1, 2, 3;
