CREATE OR REPLACE VIEW payable_document AS
SELECT number, contract, due_on FROM invoice
UNION ALL
SELECT number, contract, due_on FROM advance;
