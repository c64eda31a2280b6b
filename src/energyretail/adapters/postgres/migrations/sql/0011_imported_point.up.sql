-- A supply point as an imported portfolio describes it, kept for the contracts that name it.
CREATE TABLE imported_point (
    cups text COLLATE "C" PRIMARY KEY,
    powers jsonb NOT NULL,
    month_kwh int NOT NULL CHECK (month_kwh >= 0),
    received_on date NOT NULL
);
