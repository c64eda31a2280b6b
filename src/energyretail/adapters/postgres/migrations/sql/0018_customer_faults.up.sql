-- What customers did that lifts the limit on charging for old days: on record, never changed.
CREATE TABLE customer_fault (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contract text NOT NULL,
    cups text NOT NULL,
    fault text NOT NULL CHECK (fault IN ('obstruction', 'unauthorised_use')),
    days daterange NOT NULL,
    -- Who answers for the finding, and the paper it rests on.
    owner text NOT NULL CHECK (owner <> ''),
    source text NOT NULL CHECK (source <> ''),
    recorded_on date NOT NULL,
    CONSTRAINT customer_fault_days CHECK (
        lower(days) IS NOT NULL AND upper(days) IS NOT NULL AND upper(days) <= recorded_on),
    CONSTRAINT customer_fault_once
        EXCLUDE USING gist (contract WITH =, left(cups, 20) WITH =, fault WITH =, days WITH &&)
);
CREATE TRIGGER customer_fault_immutable BEFORE UPDATE OR DELETE ON customer_fault
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
