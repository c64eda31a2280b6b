-- What a caller was told under its own key, written in the transaction that did what it asked.
CREATE TABLE answer (
    key text PRIMARY KEY,
    -- The digest of what was asked: method, path, conditions, body.
    fingerprint text NOT NULL,
    status int NOT NULL CONSTRAINT answer_status CHECK (status BETWEEN 200 AND 299),
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    kept_on date NOT NULL
);
CREATE INDEX answer_kept_on ON answer (kept_on);
