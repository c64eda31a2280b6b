DROP TABLE switch;
