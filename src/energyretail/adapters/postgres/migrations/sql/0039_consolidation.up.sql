-- Who gets one document a month over the bills, as of which day of it, and from when on.
CREATE TABLE consolidation_terms (
    customer text CONSTRAINT consolidation_terms_pkey PRIMARY KEY,
    day int NOT NULL CONSTRAINT consolidation_terms_day CHECK (day BETWEEN 1 AND 28),
    since date NOT NULL,
    ended_on date,
    CONSTRAINT consolidation_terms_days CHECK (ended_on >= since)
);
CREATE INDEX consolidation_terms_by_customer ON consolidation_terms (customer COLLATE "C");

-- What is added up is what a customer was issued in a month, however long the past is.
DROP INDEX invoice_customer;
CREATE INDEX invoice_customer ON invoice (customer, issued_on);
