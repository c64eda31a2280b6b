ALTER TABLE customer DROP COLUMN version;
