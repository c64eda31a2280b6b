-- What is left of a bill and the plan that follows asks for is taken off that bill.
ALTER TABLE deduction DROP CONSTRAINT deduction_kind_check;
ALTER TABLE deduction ADD CONSTRAINT deduction_kind_check
    CHECK (kind IN ('advance', 'deposit', 'carried', 'carried_on'));
