ALTER TABLE issued_items DROP CONSTRAINT issued_items_documents;
ALTER TABLE issued_items ADD CONSTRAINT issued_items_documents CHECK (documents BETWEEN 0 AND 200);
