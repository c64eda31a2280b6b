-- The ledger: appended to, never changed.
CREATE TABLE entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL,
    day date NOT NULL,
    text text NOT NULL,
    CONSTRAINT entry_natural_key UNIQUE (key)
);
CREATE INDEX entry_day ON entry (day);

CREATE TABLE posting (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entry_id bigint NOT NULL,
    account text NOT NULL,
    -- Debit is positive, credit negative.
    amount_cents bigint NOT NULL,
    currency char(3) NOT NULL,
    customer text,
    item text,
    CONSTRAINT posting_item CHECK ((account = 'receivable') = (item IS NOT NULL)),
    CONSTRAINT posting_customer CHECK (item IS NULL OR customer IS NOT NULL)
);
CREATE INDEX posting_entry ON posting (entry_id);
CREATE INDEX posting_item_open ON posting (item) WHERE account = 'receivable';
CREATE INDEX posting_customer_open ON posting (customer) WHERE account = 'receivable';

-- An entry's postings are inserted by one statement, and sum to zero in it: so nothing can be
-- added to an entry later that would unbalance it. No row-wise foreign key: a mass table.
CREATE FUNCTION posting_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT entry_id, currency, sum(amount_cents) AS out_by INTO wrong
    FROM inserted GROUP BY entry_id, currency HAVING sum(amount_cents) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % is out by % cents %', wrong.entry_id, wrong.out_by, wrong.currency
            USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_balanced';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER posting_balanced AFTER INSERT ON posting
    REFERENCING NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION posting_balanced();

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is appended to, never changed', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_immutable';
END $$;
CREATE TRIGGER entry_immutable BEFORE UPDATE OR DELETE ON entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER posting_immutable BEFORE UPDATE OR DELETE ON posting
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Documents: an invoice, a credit note that names its original, and the rebill that replaces it.
CREATE TABLE invoice (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('invoice', 'credit_note', 'rebill')),
    contract text NOT NULL,
    customer text NOT NULL,
    cups text NOT NULL,
    tariff text NOT NULL,
    period daterange NOT NULL,
    issued_on date NOT NULL,
    due_on date NOT NULL,
    net_cents bigint NOT NULL,
    tax_cents bigint NOT NULL,
    gross_cents bigint NOT NULL,
    currency char(3) NOT NULL,
    -- How the bill was rounded, and whether its prices contain VAT.
    rounding_scope text NOT NULL,
    rounding_mode text NOT NULL,
    rounding_decimals int NOT NULL,
    prices text NOT NULL CHECK (prices IN ('net', 'tax_inclusive')),
    original text,
    -- Set once, by the credit note that takes the document back: the one column that changes.
    cancelled_by text,
    CONSTRAINT invoice_number UNIQUE (number),
    CONSTRAINT invoice_sum CHECK (gross_cents = net_cents + tax_cents),
    CONSTRAINT invoice_period CHECK (lower(period) IS NOT NULL AND upper(period) IS NOT NULL),
    CONSTRAINT invoice_original CHECK ((kind = 'invoice') = (original IS NULL)),
    CONSTRAINT invoice_credit_stands CHECK (kind <> 'credit_note' OR cancelled_by IS NULL),
    -- The bound on double billing: at most one live document for a contract, point and day.
    CONSTRAINT invoice_one_a_day
        EXCLUDE USING gist (contract WITH =, cups WITH =, period WITH &&)
        WHERE (kind <> 'credit_note' AND cancelled_by IS NULL)
);
CREATE UNIQUE INDEX invoice_credited_once ON invoice (original) WHERE kind = 'credit_note';
CREATE UNIQUE INDEX invoice_rebilled_once ON invoice (original) WHERE kind = 'rebill';
CREATE INDEX invoice_contract ON invoice (contract, cups);
CREATE INDEX invoice_customer ON invoice (customer);
CREATE INDEX invoice_issued_on ON invoice (issued_on);

CREATE TABLE invoice_line (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    invoice_id bigint NOT NULL,
    position int NOT NULL,
    component text NOT NULL,
    amount_cents bigint NOT NULL,
    -- The whole line with its derivation, in the canonical form of the adapter.
    body jsonb NOT NULL,
    CONSTRAINT invoice_line_position UNIQUE (invoice_id, position)
);

CREATE TABLE invoice_tax (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    invoice_id bigint NOT NULL,
    position int NOT NULL,
    tax text NOT NULL,
    amount_cents bigint NOT NULL,
    body jsonb NOT NULL,
    CONSTRAINT invoice_tax_position UNIQUE (invoice_id, position)
);

-- The readings a document was made from, in the version it saw.
CREATE TABLE invoice_reading (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    invoice_id bigint NOT NULL,
    register text NOT NULL,
    taken_on date NOT NULL,
    version int NOT NULL,
    index_kwh numeric(14, 3) NOT NULL,
    quality text NOT NULL CHECK (quality IN ('actual', 'estimated')),
    CONSTRAINT invoice_reading_key UNIQUE (invoice_id, register, taken_on)
);

CREATE FUNCTION invoice_only_cancelled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.cancelled_by IS NOT NULL OR NEW.cancelled_by IS NULL
        OR to_jsonb(NEW) - 'cancelled_by' <> to_jsonb(OLD) - 'cancelled_by' THEN
        RAISE EXCEPTION 'invoice % is issued: it is credited, never changed', OLD.number
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invoice_immutable';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoice_only_cancelled BEFORE UPDATE ON invoice
    FOR EACH ROW EXECUTE FUNCTION invoice_only_cancelled();
CREATE TRIGGER invoice_kept BEFORE DELETE ON invoice
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER invoice_line_immutable BEFORE UPDATE OR DELETE ON invoice_line
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER invoice_tax_immutable BEFORE UPDATE OR DELETE ON invoice_tax
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER invoice_reading_immutable BEFORE UPDATE OR DELETE ON invoice_reading
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
