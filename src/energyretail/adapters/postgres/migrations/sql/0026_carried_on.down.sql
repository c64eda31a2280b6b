ALTER TABLE deduction DROP CONSTRAINT deduction_kind_check;
-- Before, a bill did not tell of it; the ledger keeps what was posted.
ALTER TABLE deduction DISABLE TRIGGER deduction_immutable;
DELETE FROM deduction WHERE kind = 'carried_on';
ALTER TABLE deduction ENABLE TRIGGER deduction_immutable;
ALTER TABLE deduction ADD CONSTRAINT deduction_kind_check
    CHECK (kind IN ('advance', 'deposit', 'carried'));
