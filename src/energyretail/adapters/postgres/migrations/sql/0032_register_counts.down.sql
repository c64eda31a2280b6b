ALTER TABLE invoice DROP COLUMN register_counts, DROP COLUMN estimated;
