-- What a register showed at 00:00 local of taken_on; superseded by a higher version, never edited.
CREATE TABLE reading (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cups text COLLATE "C" NOT NULL,
    register text COLLATE "C" NOT NULL,
    taken_on date NOT NULL,
    version int NOT NULL CHECK (version >= 1),
    index_kwh numeric(14, 3) NOT NULL CHECK (index_kwh >= 0),
    quality text NOT NULL CHECK (quality IN ('actual', 'estimated')),
    source text NOT NULL,
    received_on date NOT NULL,
    estimate_method text,
    estimate_basis text,
    CONSTRAINT reading_natural_key UNIQUE (cups, register, taken_on, version),
    CONSTRAINT reading_estimate CHECK (
        (estimate_method IS NULL) = (estimate_basis IS NULL)
        AND (estimate_method IS NULL OR quality = 'estimated')
    )
);

CREATE VIEW current_reading AS
SELECT DISTINCT ON (cups, register, taken_on) *
FROM reading
ORDER BY cups, register, taken_on, version DESC;

-- The days the operator plans to read; told_with is the day of the reading that said so.
CREATE TABLE planned_reading (
    cups text COLLATE "C" NOT NULL,
    planned_on date NOT NULL,
    told_with date NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'settled', 'moved')),
    PRIMARY KEY (cups, planned_on),
    CONSTRAINT planned_reading_later CHECK (planned_on > told_with)
);
CREATE INDEX planned_reading_open ON planned_reading (planned_on) WHERE state = 'open';
