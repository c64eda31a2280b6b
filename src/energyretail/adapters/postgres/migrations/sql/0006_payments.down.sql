DROP TABLE bank_entry;
DROP TABLE collection;
DROP TABLE payment_file;
DROP TABLE mandate;
