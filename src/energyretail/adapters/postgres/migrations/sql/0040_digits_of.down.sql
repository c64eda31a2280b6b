CREATE OR REPLACE FUNCTION digits_of(number text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN right(number, -1) ~ '^[0-9]{1,18}$' THEN CAST(right(number, -1) AS bigint)
        ELSE hashtextextended(number, 0) END
$$;
