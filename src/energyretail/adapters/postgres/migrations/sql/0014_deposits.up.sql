-- Money that secures the bills of one contract. What it does to the ledger stands there.
CREATE TABLE deposit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number text NOT NULL CONSTRAINT deposit_number UNIQUE,
    contract text NOT NULL,
    customer text NOT NULL,
    amount_cents bigint NOT NULL CONSTRAINT deposit_amount CHECK (amount_cents > 0),
    currency char(3) NOT NULL,
    asked_on date NOT NULL,
    state text NOT NULL
        CONSTRAINT deposit_state
        CHECK (state IN ('asked', 'waived', 'held', 'set_off', 'given_back')),
    received_on date,
    -- Interest is credited up to this day, which itself is not in it.
    credited_until date,
    interest_cents bigint NOT NULL CONSTRAINT deposit_interest CHECK (interest_cents >= 0),
    closed_on date,
    CONSTRAINT deposit_received CHECK (
        (received_on IS NOT NULL) = (state IN ('held', 'set_off', 'given_back'))
        AND (received_on IS NULL) = (credited_until IS NULL)
        AND received_on >= asked_on AND credited_until >= received_on
    ),
    CONSTRAINT deposit_closed CHECK (
        (closed_on IS NOT NULL) = (state IN ('waived', 'set_off', 'given_back'))
    )
);
-- One deposit at a time secures a contract.
CREATE UNIQUE INDEX deposit_one_a_contract ON deposit (contract) WHERE state IN ('asked', 'held');
CREATE INDEX deposit_held ON deposit (number COLLATE "C") WHERE state = 'held';
CREATE INDEX deposit_customer ON deposit (customer);

-- What ends is looked at until its bills reach the end.
CREATE INDEX supply_ended ON supply (ended_on) WHERE ended_on IS NOT NULL;

-- One document over a company's bills; it adds up and posts nothing.
CREATE TABLE consolidated_invoice (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number text NOT NULL CONSTRAINT consolidated_invoice_number UNIQUE,
    customer text NOT NULL,
    -- The first day whose documents are left to the next one.
    issued_before date NOT NULL,
    issued_on date NOT NULL,
    due_on date NOT NULL,
    members int NOT NULL CONSTRAINT consolidated_invoice_members CHECK (members > 0),
    net_cents bigint NOT NULL,
    tax_cents bigint NOT NULL,
    gross_cents bigint NOT NULL,
    currency char(3) NOT NULL,
    CONSTRAINT consolidated_invoice_natural_key UNIQUE (customer, issued_before),
    CONSTRAINT consolidated_invoice_sum CHECK (gross_cents = net_cents + tax_cents),
    CONSTRAINT consolidated_invoice_days CHECK (issued_before <= issued_on AND issued_on <= due_on)
);

CREATE TABLE consolidated_tax (
    consolidated_id bigint NOT NULL,
    tax text COLLATE "C" NOT NULL,
    rate numeric NOT NULL,
    base_cents bigint NOT NULL,
    amount_cents bigint NOT NULL,
    PRIMARY KEY (consolidated_id, tax, rate)
);

-- A document is a member of one consolidated invoice, for ever. No row-wise foreign keys: a mass
-- table; rows of it are made from rows of the table invoice alone.
CREATE TABLE consolidated_member (
    invoice_id bigint CONSTRAINT consolidated_member_once PRIMARY KEY,
    consolidated_id bigint NOT NULL,
    CONSTRAINT consolidated_member_order UNIQUE (consolidated_id, invoice_id)
);

CREATE TRIGGER consolidated_invoice_immutable BEFORE UPDATE OR DELETE ON consolidated_invoice
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER consolidated_tax_immutable BEFORE UPDATE OR DELETE ON consolidated_tax
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER consolidated_member_immutable BEFORE UPDATE OR DELETE ON consolidated_member
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
