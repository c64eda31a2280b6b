DROP INDEX invoice_counting;
ALTER TABLE invoice
    DROP COLUMN rounding_price_decimals, DROP COLUMN counted, DROP COLUMN carried_from;
