-- What bills count from one to the next: blocks by the year, budgets of discounts.
ALTER TABLE invoice
    -- What the live bills before had counted when this one was made, by name.
    ADD COLUMN carried_from jsonb NOT NULL DEFAULT '{}',
    -- What it counted itself; the sum over live bills is what the next one is given.
    ADD COLUMN counted jsonb NOT NULL DEFAULT '{}',
    -- The places a price is rounded to that is made; NULL where it is exact.
    ADD COLUMN rounding_price_decimals int;
CREATE INDEX invoice_counting ON invoice (contract, cups)
    WHERE counted <> '{}' AND kind <> 'credit_note' AND cancelled_by IS NULL;
