-- The energy a document is for, in kWh; unknown of those issued before it was kept.
ALTER TABLE invoice ADD COLUMN energy_kwh numeric;
