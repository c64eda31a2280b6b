-- Everything the library's schema creates carries its name. Functions go first, with the
-- triggers that call them, for some of them return rows of the tables.
DO $$
DECLARE
    signature text;
BEGIN
    FOR signature IN
        SELECT oid::regprocedure::text
          FROM pg_proc
         WHERE proname LIKE 'procrastinate\_%' AND pronamespace = current_schema()::regnamespace
    LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', signature);
    END LOOP;
END;
$$;
DROP TABLE procrastinate_events;
DROP TABLE procrastinate_periodic_defers;
DROP TABLE procrastinate_jobs;
DROP TABLE procrastinate_workers;
DROP TYPE procrastinate_job_to_defer_v1;
DROP TYPE procrastinate_job_event_type;
DROP TYPE procrastinate_job_status;
