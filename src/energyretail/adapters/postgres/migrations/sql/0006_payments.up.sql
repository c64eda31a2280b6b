CREATE TABLE mandate (
    umr text PRIMARY KEY,
    contract text NOT NULL,
    customer text NOT NULL,
    creditor text NOT NULL,
    iban text NOT NULL,
    -- As signed: a later change of the customer's address does not change the mandate.
    debtor_name text NOT NULL,
    debtor_street text NOT NULL,
    debtor_postcode text NOT NULL,
    debtor_town text NOT NULL,
    debtor_country char(2) NOT NULL,
    signed_on date NOT NULL,
    state text NOT NULL CHECK (state IN ('active', 'suspended', 'ended')),
    first_used date,
    last_used date,
    CONSTRAINT mandate_use CHECK ((first_used IS NULL) = (last_used IS NULL)),
    CONSTRAINT mandate_use_order CHECK (first_used <= last_used)
);
CREATE UNIQUE INDEX mandate_one_active_a_contract ON mandate (contract) WHERE state = 'active';
CREATE INDEX mandate_contract ON mandate (contract);

-- The bytes the bank gets, written with the collections they hold.
CREATE TABLE payment_file (
    msg_id text PRIMARY KEY,
    file_name text NOT NULL CONSTRAINT payment_file_name UNIQUE,
    content bytea NOT NULL,
    sha256 text NOT NULL,
    control_sum_cents bigint NOT NULL CHECK (control_sum_cents > 0),
    currency char(3) NOT NULL,
    count int NOT NULL CHECK (count > 0),
    due_on date NOT NULL,
    state text NOT NULL CHECK (state IN ('created', 'sent'))
);

-- No row-wise foreign keys: a mass table.
CREATE TABLE collection (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    end_to_end_id text NOT NULL CONSTRAINT collection_natural_key UNIQUE,
    item text NOT NULL,
    customer text NOT NULL,
    umr text NOT NULL,
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    currency char(3) NOT NULL,
    due_on date NOT NULL,
    attempt int NOT NULL CHECK (attempt > 0),
    sequence text NOT NULL CHECK (sequence IN ('FRST', 'RCUR')),
    msg_id text NOT NULL,
    payment_information_id text NOT NULL,
    state text NOT NULL CHECK (
        state IN ('requested', 'sent', 'collected', 'returned_early', 'returned', 'rejected')
    ),
    reason text,
    returned_on date,
    CONSTRAINT collection_attempt UNIQUE (item, attempt),
    CONSTRAINT collection_reason CHECK (
        (state IN ('returned_early', 'returned', 'rejected')) = (reason IS NOT NULL)
        AND (reason IS NULL) = (returned_on IS NULL)
    )
);
-- The bound on collecting twice: one collection at a time for an item.
CREATE UNIQUE INDEX collection_one_in_flight ON collection (item)
    WHERE state IN ('requested', 'sent', 'returned_early');
CREATE INDEX collection_file ON collection (msg_id);
CREATE INDEX collection_batch ON collection (payment_information_id);

CREATE TABLE bank_entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reference text NOT NULL CONSTRAINT bank_entry_natural_key UNIQUE,
    -- What came in is positive.
    amount_cents bigint NOT NULL CHECK (amount_cents <> 0),
    currency char(3) NOT NULL,
    booked_on date,
    -- The inbox key of the file that brought it first.
    source text NOT NULL,
    received_on date NOT NULL
);
