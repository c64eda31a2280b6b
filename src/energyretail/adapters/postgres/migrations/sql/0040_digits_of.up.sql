-- The same numbers as before, told without a pattern: that took a good tenth of what the index of
-- spans costs a bill.
CREATE OR REPLACE FUNCTION digits_of(number text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN length(number) BETWEEN 2 AND 19 AND ltrim(right(number, -1), '0123456789') = ''
        THEN CAST(right(number, -1) AS bigint) ELSE hashtextextended(number, 0) END
$$;
