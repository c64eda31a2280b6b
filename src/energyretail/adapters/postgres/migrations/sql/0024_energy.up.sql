-- The energy a document is for; of those issued before it was kept, nobody knows it by now.
ALTER TABLE invoice ADD COLUMN energy_kwh numeric;
