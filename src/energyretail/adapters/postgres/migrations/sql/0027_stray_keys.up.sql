-- A stray item is known by all its days, no longer by the last alone: what waits for a person under
-- the old key goes under the new one, once for each item that it stood for. One whose items were
-- all taken back comes no more, and is left to the person it waits for.
WITH item AS (
    SELECT work_item.id,
        point || '/' || sort || '/' || name || '/' || lower(days) || '/' || upper(days) AS key
    FROM work_item JOIN LATERAL (
        SELECT DISTINCT ON (sort, name, days) point, sort, name, days, body
        FROM usage_fact
        WHERE point = left(work_item.key, 20) AND sort IN ('extra', 'passed_on')
            AND point || '/' || sort || '/' || name || '/' || (upper(days) - 1) = work_item.key
        ORDER BY sort, name, days, number DESC
    ) AS fact ON CAST(CAST(body AS jsonb) ->> CASE sort WHEN 'extra' THEN 'quantity'
        ELSE 'amount' END AS numeric) <> 0
    WHERE kind = 'stray_item'
), gone AS (
    DELETE FROM work_item USING item WHERE work_item.id = item.id
)
INSERT INTO work_item (kind, key, code, text, way_out, raised_on)
SELECT kind, item.key, code, text, way_out, raised_on
FROM item JOIN work_item USING (id)
ORDER BY item.key COLLATE "C"
ON CONFLICT (kind, key) DO NOTHING;
