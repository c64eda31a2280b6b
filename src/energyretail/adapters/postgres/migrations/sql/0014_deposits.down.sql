DROP TABLE consolidated_member;
DROP TABLE consolidated_tax;
DROP TABLE consolidated_invoice;
DROP INDEX supply_ended;
DROP TABLE deposit;
