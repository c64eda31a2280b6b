CREATE TABLE customer (
    number text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('home', 'company')),
    name text NOT NULL,
    tax_id text NOT NULL,
    email text NOT NULL,
    street text NOT NULL,
    postcode text NOT NULL,
    town text NOT NULL,
    country char(2) NOT NULL,
    language char(2) NOT NULL,
    CONSTRAINT customer_tax_id UNIQUE (tax_id)
);

CREATE TABLE quote (
    number text PRIMARY KEY,
    reference text NOT NULL,
    state text NOT NULL,
    body jsonb NOT NULL,
    quoted_on date NOT NULL,
    valid_until date NOT NULL,
    contract text,
    CONSTRAINT quote_reference UNIQUE (reference),
    CONSTRAINT quote_valid CHECK (valid_until > quoted_on)
);

CREATE TABLE contract (
    number text PRIMARY KEY,
    quote text NOT NULL,
    customer text NOT NULL REFERENCES customer,
    product text NOT NULL,
    state text NOT NULL,
    iban text NOT NULL,
    accepted_on date NOT NULL,
    early_start boolean NOT NULL,
    document_sha256 text NOT NULL,
    signed_on date,
    evidence text,
    CONSTRAINT contract_quote UNIQUE (quote),
    CONSTRAINT contract_signature CHECK ((signed_on IS NULL) = (evidence IS NULL))
);
CREATE INDEX contract_state ON contract (state);

CREATE TABLE supply (
    contract text NOT NULL REFERENCES contract,
    cups text NOT NULL,
    tariff text NOT NULL,
    powers jsonb NOT NULL,
    state text NOT NULL,
    started_on date,
    ended_on date,
    PRIMARY KEY (contract, cups),
    CONSTRAINT supply_dates CHECK (ended_on IS NULL OR (started_on IS NOT NULL AND started_on < ended_on)),
    -- One supplier, one contract a day at a supply point.
    CONSTRAINT supply_one_contract_a_day
        EXCLUDE USING gist (cups WITH =, daterange(started_on, ended_on) WITH &&)
        WHERE (started_on IS NOT NULL)
);
CREATE INDEX supply_cups ON supply (cups);
