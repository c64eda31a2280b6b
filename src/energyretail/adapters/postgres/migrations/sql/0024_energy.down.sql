ALTER TABLE invoice DROP COLUMN energy_kwh;
