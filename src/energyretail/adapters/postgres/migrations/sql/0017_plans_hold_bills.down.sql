DROP TRIGGER invoice_held_for_plan ON invoice;
DROP FUNCTION invoice_held_for_plan();
