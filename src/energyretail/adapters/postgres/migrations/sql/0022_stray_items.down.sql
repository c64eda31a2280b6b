DROP INDEX usage_fact_items;
