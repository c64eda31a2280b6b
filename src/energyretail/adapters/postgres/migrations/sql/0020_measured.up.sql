-- What bills rest on beside index readings: facts of a supply point, figures published for all,
-- tariffs that came as documents.

-- One count for facts and figures: whoever adds some holds a lock until the transaction ends, so
-- a greater number is never seen before a smaller one, and a bill knows its news by it.
CREATE SEQUENCE measured_number;

CREATE TABLE usage_fact (
    number bigint PRIMARY KEY DEFAULT nextval('measured_number'),
    -- The first 20 characters of the CUPS, which name the point.
    point text NOT NULL CHECK (length(point) = 20),
    sort text NOT NULL CHECK (sort IN
        ('power', 'peak', 'reactive', 'passed_on', 'extra', 'volume', 'declared', 'profile')),
    name text NOT NULL,
    days daterange NOT NULL CHECK (NOT isempty(days)),
    body text NOT NULL
);
CREATE INDEX usage_fact_key ON usage_fact (point, sort, name, days, number);

CREATE TABLE interval_day (
    number bigint PRIMARY KEY DEFAULT nextval('measured_number'),
    point text NOT NULL CHECK (length(point) = 20),
    channel text NOT NULL,
    flow text NOT NULL CHECK (flow IN ('import', 'export')),
    day date NOT NULL,
    zone text NOT NULL,
    minutes smallint NOT NULL CHECK (minutes IN (5, 10, 15, 30, 60)),
    quality text NOT NULL CHECK (quality IN ('actual', 'estimated')),
    source text NOT NULL,
    -- Four little-endian bytes an interval, in Wh; the least number there is where none is known.
    wh bytea NOT NULL CHECK (length(wh) % 4 = 0)
);
CREATE INDEX interval_day_key ON interval_day (point, day, channel, flow, number);

CREATE TABLE market_figure (
    number bigint PRIMARY KEY DEFAULT nextval('measured_number'),
    sort text NOT NULL CHECK (sort IN ('index', 'interval_index', 'conversion', 'profile')),
    name text NOT NULL,
    -- The days on which it differs from the one it takes the place of.
    days daterange NOT NULL CHECK (NOT isempty(days)),
    body text NOT NULL
);
CREATE INDEX market_figure_key ON market_figure (name, sort, days, number);

CREATE TABLE tariff_document (
    code text NOT NULL,
    version int NOT NULL CHECK (version > 0),
    document jsonb NOT NULL,
    added_on date NOT NULL,
    CONSTRAINT tariff_document_once PRIMARY KEY (code, version)
);

ALTER TABLE invoice
    -- The numbers of the newest fact and figure a document saw, and the figures it read by name.
    ADD COLUMN measured_seen bigint NOT NULL DEFAULT 0,
    ADD COLUMN published_seen bigint NOT NULL DEFAULT 0,
    ADD COLUMN figures jsonb NOT NULL DEFAULT '[]';
