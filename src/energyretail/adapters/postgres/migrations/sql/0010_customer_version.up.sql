-- Counted up with every change, so that of two editors the second is told.
ALTER TABLE customer ADD COLUMN version int NOT NULL DEFAULT 1
    CONSTRAINT customer_version CHECK (version >= 1);
