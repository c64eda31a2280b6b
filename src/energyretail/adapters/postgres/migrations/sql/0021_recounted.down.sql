DROP INDEX invoice_recounted;
