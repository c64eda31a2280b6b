-- What is part of an invoice or an entry is found by that and its place in it: a key of its own
-- nobody asked for cost a third of writing it. Tables cut by account keep the account in their keys.
DROP INDEX posting_entry;
ALTER TABLE posting DROP CONSTRAINT posting_pkey,
    DISABLE TRIGGER posting_immutable, ADD COLUMN position int;
UPDATE posting SET position = counted.position
FROM (SELECT id, row_number() OVER (PARTITION BY entry_id ORDER BY id) AS position FROM posting)
    AS counted
WHERE counted.id = posting.id;
ALTER TABLE posting ENABLE TRIGGER posting_immutable, ALTER COLUMN position SET NOT NULL;

-- Readings have a key: which one comes first is told beside it.
ALTER TABLE invoice_reading DROP CONSTRAINT invoice_reading_pkey,
    DROP CONSTRAINT invoice_reading_key,
    DISABLE TRIGGER invoice_reading_immutable, ADD COLUMN position int;
UPDATE invoice_reading SET position = counted.position
FROM (
    SELECT id, row_number() OVER (PARTITION BY invoice_id ORDER BY id) AS position
    FROM invoice_reading
) AS counted
WHERE counted.id = invoice_reading.id;
ALTER TABLE invoice_reading ENABLE TRIGGER invoice_reading_immutable,
    ALTER COLUMN position SET NOT NULL;

DO $$
DECLARE
    place record;
    account text;
BEGIN
    FOR place IN
        SELECT * FROM (VALUES
            ('invoice_line', 'invoice_id, position', 'invoice_line_position'),
            ('invoice_tax', 'invoice_id, position', 'invoice_tax_position'),
            ('invoice_reading', 'invoice_id, register, taken_on', NULL),
            ('posting', 'entry_id, position', NULL)
        ) AS given (name, key, before)
    LOOP
        SELECT string_agg(', ' || attname, '') INTO account FROM pg_attribute
        WHERE attrelid = to_regclass(place.name) AND attname IN ('contract', 'holder')
            AND NOT attisdropped;
        IF place.before IS NOT NULL THEN
            EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', place.name, place.before);
        END IF;
        -- A column that is gone keeps its identity otherwise, and Citus takes no table with one.
        EXECUTE format('ALTER TABLE %I ALTER COLUMN id DROP IDENTITY', place.name);
        EXECUTE format('ALTER TABLE %I DROP COLUMN id, ADD PRIMARY KEY (%s%s)',
            place.name, place.key, account);
    END LOOP;
END $$;

-- A message is claimed in the order of its id, which the index of what waits has.
ALTER TABLE outbox
    DROP CONSTRAINT outbox_pkey,
    DROP CONSTRAINT outbox_natural_key,
    ADD PRIMARY KEY (channel, kind, key);

-- The days a supply is billed for, one after the other: the last of them, and those of a year, are
-- found without a look at all that were billed before.
DROP INDEX invoice_contract;
CREATE INDEX invoice_contract ON invoice (contract, cups, upper(period));
