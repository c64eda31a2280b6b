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

-- A plan that is over before the bill begins, and only waits for another point, decides nothing.
CREATE OR REPLACE FUNCTION invoice_held_for_plan() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held record;
BEGIN
    -- Whoever plans holds the contract until its plan is there to be seen by the next statement.
    PERFORM FROM contract WHERE number IN (SELECT contract FROM inserted WHERE kind = 'invoice')
    ORDER BY number COLLATE "C" FOR KEY SHARE;
    SELECT inserted.number INTO held
    FROM inserted CROSS JOIN LATERAL (
        -- As billing decides: the first plan the bill has days of, which it may close.
        SELECT span FROM instalment_plan AS plan
        WHERE plan.contract = inserted.contract AND plan.settled_on IS NULL
            AND plan.span && inserted.period
        ORDER BY plan.first_day LIMIT 1
    ) AS plan
    WHERE inserted.kind = 'invoice' AND upper(inserted.period) < upper(plan.span)
        AND NOT EXISTS (
            SELECT FROM supply WHERE supply.contract = inserted.contract
                AND supply.cups = inserted.cups AND supply.ended_on = upper(inserted.period))
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'invoice % ends inside the span of a plan', held.number
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'invoice_held_for_plan';
    END IF;
    RETURN NULL;
END $$;
