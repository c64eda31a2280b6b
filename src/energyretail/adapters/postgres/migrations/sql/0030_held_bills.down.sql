DROP TABLE held_bill;
