ALTER FUNCTION charge_spans(bigint[]) RESET enable_hashjoin;
ALTER FUNCTION charge_spans(bigint[]) RESET enable_mergejoin;
ALTER FUNCTION refuse_charged_clash(bigint[]) RESET enable_hashjoin;
ALTER FUNCTION refuse_charged_clash(bigint[]) RESET enable_mergejoin;

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
    SELECT contract, left(cups, 20), lower(period),
        count(*) FILTER (WHERE form_id IS NOT NULL), sum(came.lines)
    FROM unnest(ids, counts) AS came (invoice_id, lines) JOIN invoice ON invoice.id = invoice_id
    GROUP BY contract, left(cups, 20), lower(period)
    ORDER BY contract, left(cups, 20), lower(period)
    ON CONFLICT (contract, point, day) DO UPDATE SET
        documents = issued_items.documents + excluded.documents,
        items = issued_items.items + excluded.items;
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
