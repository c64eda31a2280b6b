-- Instalment plans: what a contract pays in advance, and what of it was asked and settled.
CREATE TABLE instalment_plan (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contract text NOT NULL,
    first_day date NOT NULL,
    -- The days from the first one to `months` later.
    span daterange NOT NULL,
    months int NOT NULL CHECK (months >= 1),
    customer text NOT NULL,
    tariff text NOT NULL,
    tax text,
    first_due date NOT NULL,
    currency char(3) NOT NULL,
    carried_cents bigint NOT NULL,
    at_end text NOT NULL CHECK (at_end IN ('true_up', 'roll_over')),
    -- These three are what changes: each review and the settlement make the next version.
    version int NOT NULL CHECK (version >= 1),
    expected_cents bigint NOT NULL,
    settled_on date,
    CONSTRAINT instalment_plan_natural_key UNIQUE (contract, first_day),
    CONSTRAINT instalment_plan_span CHECK (lower(span) = first_day AND upper(span) IS NOT NULL),
    CONSTRAINT instalment_plan_one_a_day EXCLUDE USING gist (contract WITH =, span WITH &&)
);
CREATE INDEX instalment_plan_running ON instalment_plan (contract COLLATE "C", first_day)
    WHERE settled_on IS NULL;

-- The instalments of every version that was ever agreed.
CREATE TABLE instalment (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contract text NOT NULL,
    first_day date NOT NULL,
    version int NOT NULL,
    due_on date NOT NULL,
    amount_cents bigint NOT NULL,
    carried_cents bigint NOT NULL,
    CONSTRAINT instalment_natural_key UNIQUE (contract, first_day, version, due_on)
);
CREATE TRIGGER instalment_immutable BEFORE UPDATE OR DELETE ON instalment
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The documents that ask for them: once an instalment, never changed.
CREATE TABLE advance (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number text NOT NULL,
    contract text NOT NULL,
    customer text NOT NULL,
    first_day date NOT NULL,
    instalment_on date NOT NULL,
    issued_on date NOT NULL,
    due_on date NOT NULL,
    net_cents bigint NOT NULL,
    gross_cents bigint NOT NULL,
    carried_cents bigint NOT NULL,
    currency char(3) NOT NULL,
    -- VAT by rate: [{"tax", "rate", "base_cents", "amount_cents"}].
    taxes jsonb NOT NULL,
    CONSTRAINT advance_natural_key UNIQUE (contract, instalment_on),
    CONSTRAINT advance_number UNIQUE (number),
    CONSTRAINT advance_due CHECK (due_on >= issued_on)
);
CREATE INDEX advance_plan ON advance (contract, first_day);
CREATE INDEX advance_customer ON advance (customer);
CREATE TRIGGER advance_immutable BEFORE UPDATE OR DELETE ON advance
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was taken off which bill: a document once.
CREATE TABLE deduction (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('advance', 'deposit')),
    document text NOT NULL,
    bill text NOT NULL,
    taken_on date NOT NULL,
    net_cents bigint NOT NULL,
    gross_cents bigint NOT NULL,
    currency char(3) NOT NULL,
    taxes jsonb NOT NULL,
    CONSTRAINT deduction_natural_key UNIQUE (kind, document)
);
CREATE INDEX deduction_bill ON deduction (bill);
CREATE TRIGGER deduction_immutable BEFORE UPDATE OR DELETE ON deduction
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Whatever a customer may owe for by its number: when it is due, and under which contract.
CREATE VIEW payable_document AS
SELECT number, contract, due_on FROM invoice
UNION ALL
SELECT number, contract, due_on FROM advance;
