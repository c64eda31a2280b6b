DROP INDEX invoice_recounted;
DROP FUNCTION charge_spans(bigint[]);
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
