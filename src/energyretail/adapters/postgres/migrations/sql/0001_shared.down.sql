DROP TABLE work_item;
DROP TABLE inbox;
DROP TABLE outbox;
DROP TABLE number_series;
DROP TABLE business_day;
DROP TABLE clock;
DROP EXTENSION btree_gist;
