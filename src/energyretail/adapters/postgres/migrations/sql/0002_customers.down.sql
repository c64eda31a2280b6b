DROP TABLE supply;
DROP TABLE contract;
DROP TABLE quote;
DROP TABLE customer;
