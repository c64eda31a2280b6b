CREATE EXTENSION IF NOT EXISTS btree_gist;

-- The company's clock: one row, moved by whoever opens a business day.
CREATE TABLE clock (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    today date NOT NULL
);

CREATE TABLE business_day (
    day date PRIMARY KEY,
    steps_done text[] NOT NULL DEFAULT '{}',
    closed boolean NOT NULL DEFAULT false
);

CREATE TABLE number_series (
    series text PRIMARY KEY,
    last bigint NOT NULL CHECK (last >= 0)
);

CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel text NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    state text NOT NULL DEFAULT 'ready'
        CHECK (state IN ('ready', 'sending', 'unknown', 'sent', 'parked')),
    attempts int NOT NULL DEFAULT 0,
    code text NOT NULL DEFAULT '',
    text text NOT NULL DEFAULT '',
    CONSTRAINT outbox_natural_key UNIQUE (channel, kind, key)
);
CREATE INDEX outbox_waiting ON outbox (channel, id) WHERE state IN ('ready', 'sending', 'unknown');

CREATE TABLE inbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    key text NOT NULL,
    schema text NOT NULL,
    raw bytea NOT NULL,
    sha256 bytea NOT NULL,
    received_on date NOT NULL,
    state text NOT NULL DEFAULT 'kept' CHECK (state IN ('kept', 'processed', 'parked')),
    code text NOT NULL DEFAULT '',
    text text NOT NULL DEFAULT '',
    CONSTRAINT inbox_natural_key UNIQUE (source, key)
);

CREATE TABLE work_item (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    key text NOT NULL,
    code text NOT NULL,
    text text NOT NULL,
    way_out text NOT NULL,
    raised_on date NOT NULL,
    CONSTRAINT work_item_natural_key UNIQUE (kind, key)
);
