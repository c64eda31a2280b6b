-- Which bill of its supply a document is, or puts right, by what was known when it was made.
ALTER TABLE invoice ADD COLUMN stage text NOT NULL DEFAULT 'periodic'
    CHECK (stage IN ('first', 'periodic', 'final'));
