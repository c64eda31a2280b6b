-- Whose count others rest on, or that rest on one: few, and every chunk of corrections looks.
CREATE INDEX invoice_recounted ON invoice (id)
    WHERE (carried_from <> '{}' OR counted <> '{}')
        AND kind <> 'credit_note' AND cancelled_by IS NULL;
