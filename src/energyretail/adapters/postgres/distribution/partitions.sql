-- Cuts the tables by account into parts of one Postgres, 17 or later: to be run once, in one
-- transaction, after `by_account.sql` and before the first row. There are as many parts as
-- `SET energyretail.parts = '16'` says before, else 8. Postgres itself holds then that each key has
-- the account. Parts may be moved to other disks (`ALTER TABLE invoice_3 SET TABLESPACE`).
--
-- The owner of the tables runs it. Views of them are made again, and what was granted on whole
-- tables and views is granted again; rights on columns and sequences, and policies, are not.
CREATE TEMPORARY TABLE being_cut ON COMMIT DROP AS SELECT name, account FROM (VALUES
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
) AS given (name, account);

DO $partitions$
DECLARE
    parts int := coalesce(nullif(current_setting('energyretail.parts', true), ''), '8');
    place record;
    made text;
    gone text[];
    views text[];
    grants text[];
    later text[];
BEGIN
    -- Views of the tables as they were are made again; all other views stay.
    WITH RECURSIVE seen (id) AS (
        SELECT CAST(name AS regclass)::oid FROM being_cut
        UNION
        SELECT rule.ev_class FROM seen
        JOIN pg_depend AS needs ON needs.refobjid = seen.id
            AND needs.classid = 'pg_rewrite'::regclass
            AND needs.refclassid = 'pg_class'::regclass
        JOIN pg_rewrite AS rule ON rule.oid = needs.objid
    )
    SELECT array_agg(id::regclass::text) FILTER (WHERE relkind = 'v'),
        array_agg(format('CREATE VIEW %s%s AS %s', id::regclass,
                ' WITH (' || array_to_string(reloptions, ', ') || ')', pg_get_viewdef(id)))
            FILTER (WHERE relkind = 'v'),
        array_agg(granted.told) FILTER (WHERE granted.told IS NOT NULL)
    INTO gone, views, grants
    FROM seen JOIN pg_class ON pg_class.oid = id LEFT JOIN LATERAL (
        SELECT string_agg(format('GRANT %s ON %s TO %s%s', privilege_type, id::regclass,
            CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END,
            CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END), ';') AS told
        FROM aclexplode(relacl) WHERE grantee <> relowner
    ) AS granted ON true;
    IF gone IS NOT NULL THEN
        EXECUTE format('DROP VIEW %s', array_to_string(gone, ', '));
    END IF;
    FOR place IN
        SELECT CAST(name AS regclass) AS id, name, account FROM being_cut
    LOOP
        SELECT array_agg(told ORDER BY turn, told) INTO later FROM (
            SELECT 1 AS turn, format('ALTER TABLE %I ADD CONSTRAINT %I %s',
                place.name, conname, pg_get_constraintdef(oid)) AS told
            FROM pg_constraint WHERE conrelid = place.id AND contype IN ('p', 'u', 'x', 'f')
            UNION ALL
            SELECT 2, pg_get_indexdef(indexrelid) FROM pg_index
            WHERE indrelid = place.id AND indexrelid NOT IN (
                SELECT conindid FROM pg_constraint WHERE conrelid = place.id)
            UNION ALL
            SELECT 3, pg_get_triggerdef(oid) FROM pg_trigger
            WHERE tgrelid = place.id AND NOT tgisinternal
        ) AS all_of_it;
        EXECUTE format('ALTER TABLE %I RENAME TO %I', place.name, place.name || '_whole');
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL EXCLUDING INDEXES)'
            ' PARTITION BY HASH (%I)', place.name, place.name || '_whole', place.account);
        EXECUTE format('DROP TABLE %I', place.name || '_whole');
        FOR part IN 0 .. parts - 1 LOOP
            EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES'
                ' WITH (MODULUS %s, REMAINDER %s)', place.name || '_' || part, place.name, parts, part);
        END LOOP;
        FOREACH made IN ARRAY later LOOP
            EXECUTE made;
        END LOOP;
    END LOOP;
    WHILE cardinality(views) > 0 LOOP
        later := '{}';
        FOREACH made IN ARRAY views LOOP
            BEGIN
                EXECUTE made;
            EXCEPTION WHEN undefined_table THEN
                later := later || made;  -- it is of a view that is not there yet
            END;
        END LOOP;
        IF cardinality(later) = cardinality(views) THEN
            RAISE EXCEPTION 'cannot be made again: %', later[1];
        END IF;
        views := later;
    END LOOP;
    FOREACH made IN ARRAY coalesce(grants, '{}') LOOP
        EXECUTE made;
    END LOOP;
END $partitions$;
