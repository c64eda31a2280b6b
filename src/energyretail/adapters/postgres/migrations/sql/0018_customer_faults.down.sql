DROP TABLE customer_fault;
