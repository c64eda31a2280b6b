-- The items of a day, looked for when it is over.
CREATE INDEX usage_fact_items ON usage_fact (upper(days)) WHERE sort IN ('extra', 'passed_on');
