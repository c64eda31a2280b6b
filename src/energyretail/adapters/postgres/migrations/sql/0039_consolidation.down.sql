DROP INDEX invoice_customer;
CREATE INDEX invoice_customer ON invoice (customer);
DROP TABLE consolidation_terms;
