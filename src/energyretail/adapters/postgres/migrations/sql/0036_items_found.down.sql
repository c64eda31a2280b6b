DROP INDEX work_item_unread;
DROP INDEX work_item_by_key;
