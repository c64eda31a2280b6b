-- What a page of a list is found by. Keys go in the order of their characters, the same in
-- every database, whatever its language.
CREATE INDEX customer_by_number ON customer (number COLLATE "C");
CREATE INDEX quote_by_number ON quote (number COLLATE "C");
CREATE INDEX contract_by_number ON contract (number COLLATE "C");
CREATE INDEX supply_by_cups ON supply (cups COLLATE "C");
CREATE INDEX switch_by_request ON switch (request COLLATE "C");
CREATE INDEX mandate_by_umr ON mandate (umr COLLATE "C");
DROP INDEX posting_item_open;
CREATE INDEX posting_item_open ON posting (item COLLATE "C") WHERE account = 'receivable';

-- What may be asked of a list, where no index served it yet.
CREATE INDEX customer_email ON customer (email);
CREATE INDEX contract_customer ON contract (customer);
CREATE INDEX switch_contract ON switch (contract);
CREATE INDEX switch_cups ON switch (cups);
CREATE INDEX invoice_cups ON invoice (cups);
CREATE INDEX mandate_customer ON mandate (customer);
CREATE INDEX collection_customer ON collection (customer);
CREATE INDEX collection_given_back ON collection (id) WHERE reason IS NOT NULL;

-- What a person has dealt with; the same may be raised, and closed, again.
CREATE TABLE closed_work_item (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    key text NOT NULL,
    code text NOT NULL,
    text text NOT NULL,
    way_out text NOT NULL,
    raised_on date NOT NULL,
    closed_on date NOT NULL,
    remark text NOT NULL CONSTRAINT closed_work_item_remark CHECK (remark <> '')
);
CREATE INDEX closed_work_item_natural_key ON closed_work_item (kind, key);
