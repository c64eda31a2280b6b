-- The first twenty characters of a CUPS name the supply point: two spellings are one point.
-- Where two contracts hold one point for a day by now, this fails, and one of them must end.
ALTER TABLE supply DROP CONSTRAINT supply_one_contract_a_day;
ALTER TABLE supply ADD CONSTRAINT supply_one_contract_a_day
    EXCLUDE USING gist (left(cups, 20) WITH =, daterange(started_on, ended_on) WITH &&)
    WHERE (started_on IS NOT NULL);
DROP INDEX supply_cups;
CREATE INDEX supply_point ON supply (left(cups, 20));
DROP INDEX supply_by_cups;
CREATE INDEX supply_by_point ON supply (left(cups, 20) COLLATE "C");

ALTER TABLE reading DROP CONSTRAINT reading_natural_key;
CREATE UNIQUE INDEX reading_natural_key ON reading (left(cups, 20), register, taken_on, version);
CREATE OR REPLACE VIEW current_reading AS
SELECT DISTINCT ON (left(cups, 20), register, taken_on) *
FROM reading
ORDER BY left(cups, 20), register, taken_on, version DESC;

CREATE UNIQUE INDEX planned_reading_point ON planned_reading (left(cups, 20), planned_on);
CREATE UNIQUE INDEX imported_point_once ON imported_point (left(cups, 20));

DROP INDEX switch_cups;
CREATE INDEX switch_by_point ON switch (left(cups, 20));
DROP INDEX invoice_cups;
CREATE INDEX invoice_point ON invoice (left(cups, 20));
