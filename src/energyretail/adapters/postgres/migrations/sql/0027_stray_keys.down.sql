-- Of items that end on one day the one raised first stands for all.
WITH item AS (
    SELECT work_item.id, point || '/' || sort || '/' || name || '/' || (upper(days) - 1) AS key
    FROM work_item JOIN LATERAL (
        SELECT DISTINCT point, sort, name, days
        FROM usage_fact
        WHERE point = left(work_item.key, 20) AND sort IN ('extra', 'passed_on')
            AND point || '/' || sort || '/' || name || '/' || lower(days) || '/' || upper(days)
                = work_item.key
    ) AS fact ON true
    WHERE kind = 'stray_item'
), gone AS (
    DELETE FROM work_item USING item WHERE work_item.id = item.id
)
INSERT INTO work_item (kind, key, code, text, way_out, raised_on)
SELECT kind, item.key, code, text, way_out, raised_on
FROM item JOIN work_item USING (id)
ORDER BY raised_on, item.key COLLATE "C"
ON CONFLICT (kind, key) DO NOTHING;
