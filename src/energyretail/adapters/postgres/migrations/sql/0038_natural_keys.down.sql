DROP INDEX invoice_contract;
CREATE INDEX invoice_contract ON invoice (contract, cups);

ALTER TABLE outbox
    DROP CONSTRAINT outbox_pkey,
    ADD PRIMARY KEY (id),
    ADD CONSTRAINT outbox_natural_key UNIQUE (channel, kind, key);

DO $$
DECLARE
    place record;
    account text;
    last bigint;
BEGIN
    FOR place IN
        SELECT * FROM (VALUES
            ('invoice_line', 'invoice_id, position', 'invoice_line_position'),
            ('invoice_tax', 'invoice_id, position', 'invoice_tax_position'),
            ('invoice_reading', 'invoice_id, register, taken_on', 'invoice_reading_key'),
            ('posting', 'entry_id, position', NULL)
        ) AS given (name, key, before)
    LOOP
        SELECT string_agg(', ' || attname, '') INTO account FROM pg_attribute
        WHERE attrelid = to_regclass(place.name) AND attname IN ('contract', 'holder')
            AND NOT attisdropped;
        EXECUTE format('ALTER TABLE %I DISABLE TRIGGER %I, ADD COLUMN id bigint',
            place.name, place.name || '_immutable');
        EXECUTE format(
            'UPDATE %1$I AS kept SET id = counted.id FROM ('
            ' SELECT %2$s, row_number() OVER (ORDER BY %3$s) AS id FROM %1$I'
            ') AS counted WHERE (%4$s) = (%5$s)',
            place.name, place.key,
            CASE place.name WHEN 'invoice_reading' THEN 'invoice_id, position' ELSE place.key END,
            'kept.' || replace(place.key, ', ', ', kept.'),
            'counted.' || replace(place.key, ', ', ', counted.'));
        EXECUTE format('SELECT coalesce(max(id), 0) + 1 FROM %I', place.name) INTO last;
        EXECUTE format('ALTER TABLE %I ENABLE TRIGGER %I, ALTER COLUMN id SET NOT NULL,'
            ' DROP CONSTRAINT %I', place.name, place.name || '_immutable', place.name || '_pkey');
        EXECUTE format('ALTER TABLE %I ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY'
            ' (START %s), ADD PRIMARY KEY (id%s)', place.name, last, account);
        IF place.before IS NOT NULL THEN
            EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I UNIQUE (%s%s)',
                place.name, place.before, place.key, account);
        END IF;
    END LOOP;
END $$;

ALTER TABLE invoice_reading DROP COLUMN position;
ALTER TABLE posting DROP COLUMN position;
CREATE INDEX posting_entry ON posting (entry_id);
