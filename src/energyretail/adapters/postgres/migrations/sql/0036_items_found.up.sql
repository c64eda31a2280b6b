-- Items are asked for by ranges of their keys, as these are compared everywhere; and those of points
-- that were not read, by the point.
CREATE INDEX work_item_by_key ON work_item (kind, key COLLATE "C");
CREATE INDEX work_item_unread ON work_item (left(key, 20), key COLLATE "C")
    WHERE kind = 'reading_missing';
