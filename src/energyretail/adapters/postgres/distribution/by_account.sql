-- Gives every table that grows month by month the column of the account its rows are of, and all
-- its keys that column too, so that the table can be cut by it. To be run once, in one transaction,
-- in a migrated database before the first of these rows: `psql -1 -v ON_ERROR_STOP=1 -f`.
--
-- An account is a contract; in the ledger it is the customer who owes, or nobody (''); of what is
-- measured it is the supply point.

-- An expression of the account is not the account: what excludes has to name its column.
ALTER TABLE invoice DROP CONSTRAINT invoice_one_a_day;
ALTER TABLE invoice ADD CONSTRAINT invoice_one_a_day
    EXCLUDE USING gist (
        contract WITH =, hashtextextended(left(cups, 20), 0) WITH =, period WITH &&)
    WHERE (kind <> 'credit_note' AND cancelled_by IS NULL);

DO $by_account$
DECLARE
    place record;
    key record;
    is_used boolean;
BEGIN
    FOR place IN
        SELECT CAST(given.name AS regclass) AS name, account FROM (VALUES
            ('invoice', 'contract'),
            ('invoice_line', 'contract'),
            ('invoice_tax', 'contract'),
            ('invoice_reading', 'contract'),
            ('issued_items', 'contract'),
            ('charged_span', 'contract'),
            ('advance', 'contract'),
            ('entry', 'holder'),
            ('posting', 'holder'),
            ('collection', 'customer'),
            ('interval_day', 'point'),
            ('usage_fact', 'point')
        ) AS given (name, account)
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', place.name) INTO is_used;
        IF is_used THEN
            RAISE EXCEPTION 'table % has rows: keys by account come before the first', place.name;
        END IF;
        EXECUTE format('ALTER TABLE %s ADD COLUMN IF NOT EXISTS %I text NOT NULL',
            place.name, place.account);
        FOR key IN
            SELECT index.indexrelid, index.indexrelid::regclass::text AS name, held.contype AS kind,
                held.conname,
                -- What a key finds goes first: the account only tells where to look.
                (SELECT string_agg(pg_get_indexdef(index.indexrelid, n, false), ', ' ORDER BY n)
                    FROM generate_series(1, index.indnkeyatts) AS n)
                    || ', ' || quote_ident(place.account) AS columns,
                coalesce(' WHERE ' || pg_get_expr(index.indpred, index.indrelid), '') AS which
            FROM pg_index AS index
            JOIN pg_attribute AS account ON account.attrelid = index.indrelid
                AND account.attname = place.account
            LEFT JOIN pg_constraint AS held ON held.conindid = index.indexrelid
                AND held.contype IN ('p', 'u', 'x')
            WHERE index.indrelid = place.name AND (index.indisunique OR held.contype = 'x')
                AND NOT account.attnum = ANY (index.indkey::int2[])
        LOOP
            IF key.kind = 'x' THEN
                RAISE EXCEPTION 'what % excludes is not of one account', key.name;
            ELSIF key.kind IS NULL THEN
                EXECUTE format('DROP INDEX %s', key.name);
                EXECUTE format('CREATE UNIQUE INDEX %s ON %s (%s)%s',
                    key.name, place.name, key.columns, key.which);
            ELSE
                EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %2$I %s (%s)',
                    place.name, key.conname,
                    CASE key.kind WHEN 'p' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END, key.columns);
            END IF;
        END LOOP;
    END LOOP;
END $by_account$;
