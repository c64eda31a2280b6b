CREATE OR REPLACE VIEW payable_document AS
SELECT number, contract, due_on FROM invoice
UNION ALL
SELECT number, contract, due_on FROM advance;
ALTER TABLE deduction DROP CONSTRAINT deduction_kind_check;
-- Before, a bill did not tell of it; the ledger keeps what was posted.
ALTER TABLE deduction DISABLE TRIGGER deduction_immutable;
DELETE FROM deduction WHERE kind = 'carried';
ALTER TABLE deduction ENABLE TRIGGER deduction_immutable;
ALTER TABLE deduction ADD CONSTRAINT deduction_kind_check CHECK (kind IN ('advance', 'deposit'));
CREATE OR REPLACE FUNCTION invoice_held_for_plan() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held record;
BEGIN
    -- Whoever plans holds the contract until its plan is there to be seen by the next statement.
    PERFORM FROM contract WHERE number IN (SELECT contract FROM inserted WHERE kind = 'invoice')
    ORDER BY number COLLATE "C" FOR KEY SHARE;
    SELECT inserted.number INTO held
    FROM inserted CROSS JOIN LATERAL (
        -- As billing decides: the first plan the bill reaches into, which it may close.
        SELECT span FROM instalment_plan AS plan
        WHERE plan.contract = inserted.contract AND plan.settled_on IS NULL
            AND plan.first_day < upper(inserted.period)
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
