-- A document and seven corrections in pairs are more than any day of supply needs: what goes on is a
-- loop. Days that have more already are left as they are, and get no more.
ALTER TABLE issued_items DROP CONSTRAINT issued_items_documents;
ALTER TABLE issued_items ADD CONSTRAINT issued_items_documents
    CHECK (documents BETWEEN 0 AND 15) NOT VALID;
