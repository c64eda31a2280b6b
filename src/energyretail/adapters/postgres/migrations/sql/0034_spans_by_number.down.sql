ALTER TABLE invoice DROP CONSTRAINT invoice_one_a_day;
ALTER TABLE invoice ADD CONSTRAINT invoice_one_a_day
    EXCLUDE USING gist (contract WITH =, left(cups, 20) WITH =, period WITH &&)
    WHERE (kind <> 'credit_note' AND cancelled_by IS NULL);
DROP FUNCTION digits_of(text);
