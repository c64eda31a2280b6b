DROP TABLE consolidation_terms;
