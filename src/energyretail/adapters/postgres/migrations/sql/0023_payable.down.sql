CREATE OR REPLACE VIEW payable_document AS
SELECT number, contract, due_on FROM invoice
UNION ALL
SELECT number, contract, due_on FROM advance;
ALTER TABLE deduction DROP CONSTRAINT deduction_kind_check;
ALTER TABLE deduction ADD CONSTRAINT deduction_kind_check CHECK (kind IN ('advance', 'deposit'));
