-- One gain: a supply point we claim at the market registry.
CREATE TABLE switch (
    request text PRIMARY KEY CONSTRAINT switch_request_code CHECK (request ~ '^[0-9]{12}$'),
    contract text NOT NULL,
    cups text NOT NULL,
    -- The customer as the claim names it: a claim sent again carries the same words.
    customer text NOT NULL,
    customer_name text NOT NULL,
    customer_tax_id text NOT NULL,
    customer_kind text NOT NULL CHECK (customer_kind IN ('home', 'company')),
    email text NOT NULL,
    phone text NOT NULL,
    requested_on date NOT NULL,
    wanted_on date,
    state text NOT NULL
        CONSTRAINT switch_state CHECK (state IN ('requested', 'accepted', 'active', 'rejected')),
    expected_on date,
    activated_on date,
    rejections jsonb NOT NULL,
    CONSTRAINT switch_wanted CHECK (wanted_on >= requested_on),
    CONSTRAINT switch_active_day CHECK ((state = 'active') = (activated_on IS NOT NULL)),
    CONSTRAINT switch_reasons CHECK ((state = 'rejected') = (rejections <> '[]'::jsonb)),
    CONSTRAINT switch_expected CHECK (state <> 'accepted' OR expected_on IS NOT NULL)
);

-- A supply is claimed again only after a rejection.
CREATE UNIQUE INDEX switch_one_a_supply ON switch (contract, cups) WHERE state <> 'rejected';
-- The last two characters of a CUPS name a measuring point: the first twenty tell the point.
CREATE INDEX switch_point ON switch (left(cups, 20)) WHERE state <> 'rejected';
CREATE INDEX switch_open ON switch (requested_on) WHERE state IN ('requested', 'accepted');
