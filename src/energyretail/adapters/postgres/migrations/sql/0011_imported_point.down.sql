DROP TABLE imported_point;
