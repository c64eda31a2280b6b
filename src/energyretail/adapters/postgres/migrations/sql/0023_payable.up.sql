-- Whatever a customer may owe for by its number: when it is to be paid, and under which contract.
-- A member of a consolidated invoice is to be paid on the day of that. A value looked up, and no
-- join: the planner then still finds a document by the index of its number.
CREATE OR REPLACE VIEW payable_document AS
SELECT number, contract, coalesce(
    (
        SELECT whole.due_on
        FROM consolidated_member AS member
        JOIN consolidated_invoice AS whole ON whole.id = member.consolidated_id
        WHERE member.invoice_id = invoice.id
    ), invoice.due_on) AS due_on
FROM invoice
UNION ALL
SELECT number, contract, due_on FROM advance;

-- What a plan carried and no instalment asked for is taken off the bill that closes it.
ALTER TABLE deduction DROP CONSTRAINT deduction_kind_check;
ALTER TABLE deduction ADD CONSTRAINT deduction_kind_check
    CHECK (kind IN ('advance', 'deposit', 'carried'));
