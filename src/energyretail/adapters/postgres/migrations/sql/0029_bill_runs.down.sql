DROP TABLE bill_chunk;
DROP TABLE bill_run;
DELETE FROM number_series WHERE series = 'bill_run';
