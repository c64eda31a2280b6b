DROP TABLE planned_reading;
DROP VIEW current_reading;
DROP TABLE reading;
