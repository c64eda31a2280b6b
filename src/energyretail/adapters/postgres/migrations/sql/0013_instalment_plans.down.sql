DROP VIEW payable_document;
DROP TABLE deduction;
DROP TABLE advance;
DROP TABLE instalment;
DROP TABLE instalment_plan;
