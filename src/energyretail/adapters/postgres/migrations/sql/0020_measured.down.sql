ALTER TABLE invoice
    DROP COLUMN figures, DROP COLUMN published_seen, DROP COLUMN measured_seen;
DROP TABLE tariff_document;
DROP TABLE market_figure;
DROP TABLE interval_day;
DROP TABLE usage_fact;
DROP SEQUENCE measured_number;
