-- Cuts the tables by account over the hosts of Citus. To be run once, after `by_account.sql`.
--
-- Citus keeps triggers only where it is told to, and lets them ask other tables only where it is
-- told that too: set both on every host, for good. What the triggers ask for is of the account they
-- are of, or lies whole on every host.
SET citus.enable_unsafe_triggers TO on;
SET citus.allow_nested_distributed_execution TO on;

-- What there is once, or once an account, lies whole on every host, under all its rules.
SELECT create_reference_table('customer');
SELECT create_reference_table('contract');
SELECT create_reference_table('supply');
SELECT create_reference_table('customer_fault');
SELECT create_reference_table('instalment_plan');
SELECT create_reference_table('deposit');
SELECT create_reference_table('held_bill');
SELECT create_reference_table('bill_form');
SELECT create_reference_table('bill_form_line');
SELECT create_reference_table('tariff_document');
SELECT create_reference_table('market_figure');

-- What is made of a contract.
SELECT create_distributed_table('invoice', 'contract');
SELECT create_distributed_table('invoice_line', 'contract', colocate_with => 'invoice');
SELECT create_distributed_table('invoice_tax', 'contract', colocate_with => 'invoice');
SELECT create_distributed_table('invoice_reading', 'contract', colocate_with => 'invoice');
SELECT create_distributed_table('issued_items', 'contract', colocate_with => 'invoice');
SELECT create_distributed_table('charged_span', 'contract', colocate_with => 'invoice');
SELECT create_distributed_table('advance', 'contract', colocate_with => 'invoice');

-- What a customer owes.
SELECT create_distributed_table('entry', 'holder', colocate_with => 'none');
SELECT create_distributed_table('posting', 'holder', colocate_with => 'entry');
SELECT create_distributed_table('collection', 'customer', colocate_with => 'entry');

-- What was measured at a supply point.
SELECT create_distributed_table('interval_day', 'point', colocate_with => 'none');
SELECT create_distributed_table('usage_fact', 'point', colocate_with => 'interval_day');
