-- What was kept by a form cannot be told without it.
DO $$ BEGIN
    IF EXISTS (SELECT FROM invoice WHERE form_id IS NOT NULL) THEN
        RAISE EXCEPTION 'there are bills that are kept by their form';
    END IF;
END $$;

DROP INDEX supply_key;
DROP VIEW told_line;
ALTER TABLE invoice_tax ALTER COLUMN body SET NOT NULL, DROP COLUMN rate, DROP COLUMN base_cents;
ALTER TABLE invoice_line
    ALTER COLUMN body SET NOT NULL, DROP COLUMN quantity, DROP COLUMN price,
    DROP COLUMN form_position;
ALTER TABLE invoice DROP COLUMN form_id;
DROP TABLE bill_form_line;
DROP TABLE bill_form;
