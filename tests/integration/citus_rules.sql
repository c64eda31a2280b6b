-- The rules by which Citus takes a table or refuses it, held over the catalog of Postgres itself.
-- What it would do with the rows is left out. From src/backend/distributed/commands of citusdata/
-- citus: create_distributed_table.c, foreign_constraint.c, trigger.c; and its documentation.
CREATE TABLE citus_placement (name regclass PRIMARY KEY, account text, together text);

CREATE FUNCTION citus_refuses_triggers(table_name regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('citus.enable_unsafe_triggers', true), '') <> 'on'
        AND EXISTS (SELECT FROM pg_trigger WHERE tgrelid = table_name AND NOT tgisinternal) THEN
        RAISE EXCEPTION 'cannot distribute relation "%" because it has triggers and '
            '"citus.enable_unsafe_triggers" is set to "false"', table_name;
    END IF;
END $$;

CREATE FUNCTION citus_refuses_foreign_keys(table_name regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    key record;
BEGIN
    FOR key IN
        SELECT held.conname, from_.account AS from_account, to_.account AS to_account,
            from_.together = to_.together AS is_together,
            from_.name IS NULL AS from_local, to_.name IS NULL AS to_local,
            EXISTS (
                SELECT FROM unnest(held.conkey, held.confkey) AS pair (ours, theirs)
                JOIN pg_attribute AS mine ON mine.attrelid = held.conrelid AND mine.attnum = ours
                JOIN pg_attribute AS other
                    ON other.attrelid = held.confrelid AND other.attnum = theirs
                WHERE mine.attname = from_.account AND other.attname = to_.account) AS by_account
        FROM pg_constraint AS held
        LEFT JOIN citus_placement AS from_ ON from_.name = held.conrelid
        LEFT JOIN citus_placement AS to_ ON to_.name = held.confrelid
        WHERE held.contype = 'f' AND table_name IN (held.conrelid, held.confrelid)
    LOOP
        -- A table that points at one still to be placed is looked at again when that is.
        CONTINUE WHEN key.from_local AND key.to_account IS NULL;
        IF key.from_local OR key.to_local OR key.to_account IS NOT NULL AND NOT (
            key.from_account IS NOT NULL AND key.is_together AND key.by_account) THEN
            RAISE EXCEPTION 'cannot create foreign key constraint %', key.conname;
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION create_reference_table(table_name regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM citus_refuses_triggers(table_name);
    INSERT INTO citus_placement VALUES (table_name, NULL, 'everywhere');
    PERFORM citus_refuses_foreign_keys(table_name);
END $$;

CREATE FUNCTION create_distributed_table(
    table_name regclass, distribution_column text, colocate_with text DEFAULT 'default'
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    field pg_attribute;
    key text;
    beside citus_placement;
BEGIN
    SELECT * INTO field FROM pg_attribute
    WHERE attrelid = table_name AND attname = distribution_column AND NOT attisdropped;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'column % of % does not exist', distribution_column, table_name;
    ELSIF field.attgenerated <> '' THEN
        RAISE EXCEPTION 'cannot distribute relation: %: GENERATED ALWAYS AS (...) STORED', table_name;
    ELSIF NOT field.attnotnull THEN
        RAISE EXCEPTION 'a row without % could not be placed', distribution_column;
    ELSIF EXISTS (
        SELECT FROM pg_attribute WHERE attrelid = table_name AND attidentity <> ''
            AND atttypid <> 'bigint'::regtype) THEN
        RAISE EXCEPTION 'cannot complete operation on % with smallint/int identity column', table_name;
    END IF;
    SELECT index.indexrelid::regclass INTO key
    FROM pg_index AS index LEFT JOIN pg_constraint AS held
        ON held.conindid = index.indexrelid AND held.contype IN ('p', 'u', 'x')
    WHERE index.indrelid = table_name AND (index.indisunique OR held.contype = 'x') AND NOT EXISTS (
        SELECT FROM generate_series(0, index.indnkeyatts - 1) AS n
        WHERE index.indkey[n] = field.attnum AND (held.contype IS DISTINCT FROM 'x' OR (
            SELECT oprname FROM pg_operator WHERE oid = held.conexclop[n + 1]) = '='))
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'cannot create constraint on "%": %', table_name, key USING DETAIL =
            'Distributed relations cannot have UNIQUE, EXCLUDE, or PRIMARY KEY constraints that do'
            ' not include the partition column (with an equality operator if EXCLUDE).';
    END IF;
    PERFORM citus_refuses_triggers(table_name);
    IF colocate_with IN ('default', 'none') THEN
        INSERT INTO citus_placement VALUES (table_name, distribution_column,
            CASE colocate_with WHEN 'none' THEN table_name::text ELSE 'default' END);
    ELSE
        SELECT * INTO beside FROM citus_placement AS placed
        WHERE placed.name = CAST(colocate_with AS regclass) AND placed.account IS NOT NULL;
        IF NOT FOUND OR field.atttypid <> (
            SELECT atttypid FROM pg_attribute
            WHERE attrelid = beside.name AND attname = beside.account) THEN
            RAISE EXCEPTION 'cannot colocate tables % and %', colocate_with, table_name;
        END IF;
        INSERT INTO citus_placement VALUES (table_name, distribution_column, beside.together);
    END IF;
    PERFORM citus_refuses_foreign_keys(table_name);
END $$;
