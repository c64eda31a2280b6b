-- What is left of a bill and the plan that follows asks for is taken off that bill.
ALTER TABLE deduction DROP CONSTRAINT deduction_kind_check;
ALTER TABLE deduction ADD CONSTRAINT deduction_kind_check
    CHECK (kind IN ('advance', 'deposit', 'carried', 'carried_on'));

-- Before, only the ledger told of it. What a settlement credited an item with, less the advances
-- of its plan that it took off there, is what it carried on.
INSERT INTO deduction (kind, document, bill, taken_on, net_cents, gross_cents, currency, taxes)
SELECT 'carried_on', entry.plan || '/' || rest.item, rest.item, entry.day, rest.cents, rest.cents,
    rest.currency, '[]'
FROM instalment_plan AS plan
CROSS JOIN LATERAL (
    SELECT id, day, substr(key, length('settlement:') + 1) AS plan
    FROM entry WHERE key = 'settlement:' || plan.contract || '/' || plan.first_day
) AS entry
JOIN instalment_plan AS following
    ON following.contract = plan.contract AND following.first_day = upper(plan.span)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(amount_cents), 0) AS cents
    FROM posting WHERE entry_id = entry.id AND account = 'carried'
) AS moved
CROSS JOIN LATERAL (
    SELECT coalesce(sum(instalment.carried_cents), 0) AS cents
    FROM instalment LEFT JOIN advance ON advance.contract = instalment.contract
        AND advance.instalment_on = instalment.due_on
    WHERE instalment.contract = plan.contract AND instalment.first_day = plan.first_day
        AND instalment.version = plan.version AND advance.id IS NULL
) AS unasked
CROSS JOIN LATERAL (
    SELECT item, min(currency) AS currency, -sum(amount_cents) - coalesce((
        SELECT sum(taken.gross_cents)
        FROM deduction AS taken JOIN advance ON advance.number = taken.document
        WHERE taken.kind = 'advance' AND taken.bill = posting.item
            AND advance.contract = plan.contract AND advance.first_day = plan.first_day
    ), 0) AS cents
    FROM posting WHERE entry_id = entry.id AND account = 'receivable'
    GROUP BY item
) AS rest
WHERE plan.at_end = 'roll_over' AND plan.settled_on IS NOT NULL AND rest.cents <> 0
    -- A plan made by hand carries nothing: what then moved is what the plan itself had carried and
    -- not asked for, the other way. Where a plan that rolled over passed on just nothing of such
    -- shares it looks the same, and is left as it was.
    AND following.carried_cents = moved.cents + unasked.cents
    AND (unasked.cents = 0 OR following.carried_cents <> 0);
