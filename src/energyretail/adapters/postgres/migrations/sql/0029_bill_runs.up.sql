-- Bill runs and their chunks: what was planned, where each stands, and what came of it.
CREATE TABLE bill_run (
    number bigint PRIMARY KEY,
    as_of date NOT NULL,
    started_by text NOT NULL,
    dry_run boolean NOT NULL,
    chunk_size integer NOT NULL,
    state text NOT NULL CONSTRAINT bill_run_state
        CHECK (state IN ('planned', 'running', 'done', 'failed', 'aborted'))
);

-- One run of a day at a time.
CREATE UNIQUE INDEX bill_run_one_a_day ON bill_run (as_of)
    WHERE state IN ('planned', 'running', 'failed');

CREATE TABLE bill_chunk (
    run bigint NOT NULL REFERENCES bill_run,
    number integer NOT NULL,
    after_key text NOT NULL,
    until_key text NOT NULL,
    due integer NOT NULL CONSTRAINT bill_chunk_due CHECK (due >= 0),
    state text NOT NULL CONSTRAINT bill_chunk_state
        CHECK (state IN ('waiting', 'under_way', 'done', 'failed')),
    issued integer,
    held integer,
    parked integer,
    why jsonb,
    took_ms bigint,
    code text NOT NULL,
    PRIMARY KEY (run, number),
    CONSTRAINT bill_chunk_result CHECK (
        num_nonnulls(issued, held, parked, why, took_ms) IN (0, 5)
        AND (took_ms IS NOT NULL) = (state = 'done')),
    CONSTRAINT bill_chunk_code CHECK ((code <> '') = (state = 'failed'))
);
