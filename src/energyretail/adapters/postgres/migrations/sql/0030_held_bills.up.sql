-- Drafts that were not plausible, so that nobody got them: each with what was found against it.
CREATE TABLE held_bill (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contract text NOT NULL,
    customer text NOT NULL,
    cups text NOT NULL,
    first_day date NOT NULL,
    until date NOT NULL,
    -- The name of what was judged: a release is of this draft and of no other.
    digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{16}$'),
    tariff text NOT NULL,
    gross_cents bigint NOT NULL,
    currency char(3) NOT NULL,
    findings jsonb NOT NULL CHECK (jsonb_array_length(findings) > 0),
    held_on date NOT NULL,
    state text NOT NULL
        CHECK (state IN ('held', 'released', 'confirmed', 'rejected', 'issued', 'lapsed')),
    version int NOT NULL CHECK (version >= 1),
    released_by text, released_on date, released_reason text,
    confirmed_by text, confirmed_on date, confirmed_reason text,
    rejected_by text, rejected_on date, rejected_reason text,
    CONSTRAINT held_bill_natural_key UNIQUE (contract, cups, first_day, digest),
    CONSTRAINT held_bill_days CHECK (first_day < until),
    -- Four eyes, also for whoever writes here by hand.
    CONSTRAINT held_bill_four_eyes CHECK (
        (state NOT IN ('released', 'confirmed', 'issued') OR released_by IS NOT NULL)
        AND (state NOT IN ('confirmed', 'issued') OR confirmed_by IS NOT NULL)
        AND (confirmed_by IS NULL OR lower(confirmed_by) <> lower(released_by))),
    CONSTRAINT held_bill_decisions CHECK (
        (state = 'rejected') <= (rejected_by IS NOT NULL)
        AND num_nulls(released_by, released_on, released_reason) IN (0, 3)
        AND num_nulls(confirmed_by, confirmed_on, confirmed_reason) IN (0, 3)
        AND num_nulls(rejected_by, rejected_on, rejected_reason) IN (0, 3))
);
CREATE UNIQUE INDEX held_bill_one_open ON held_bill (contract, cups)
    WHERE state NOT IN ('issued', 'lapsed');
