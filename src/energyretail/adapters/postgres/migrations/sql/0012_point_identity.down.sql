DROP INDEX invoice_point;
CREATE INDEX invoice_cups ON invoice (cups);
DROP INDEX switch_by_point;
CREATE INDEX switch_cups ON switch (cups);

DROP INDEX imported_point_once;
DROP INDEX planned_reading_point;

CREATE OR REPLACE VIEW current_reading AS
SELECT DISTINCT ON (cups, register, taken_on) *
FROM reading
ORDER BY cups, register, taken_on, version DESC;
DROP INDEX reading_natural_key;
ALTER TABLE reading
    ADD CONSTRAINT reading_natural_key UNIQUE (cups, register, taken_on, version);

DROP INDEX supply_by_point;
CREATE INDEX supply_by_cups ON supply (cups COLLATE "C");
DROP INDEX supply_point;
CREATE INDEX supply_cups ON supply (cups);
ALTER TABLE supply DROP CONSTRAINT supply_one_contract_a_day;
ALTER TABLE supply ADD CONSTRAINT supply_one_contract_a_day
    EXCLUDE USING gist (cups WITH =, daterange(started_on, ended_on) WITH &&)
    WHERE (started_on IS NOT NULL);
