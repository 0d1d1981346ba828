-- The oldest entries, which are deleted after AUDIT_RETENTION_DAYS. Changes of files wait while the table is read. To
-- avoid that, create it CONCURRENTLY before this migration.
DO $$ DECLARE
    index regclass := to_regclass('audit_entries_at_idx');
BEGIN
    IF EXISTS (SELECT FROM pg_stat_progress_create_index WHERE index_relid = index) THEN
        RAISE EXCEPTION 'The index audit_entries_at_idx is still being created. Migrate when that has ended.';
    END IF;
    -- What is left when its creation was cancelled. It would not be used.
    IF EXISTS (SELECT FROM pg_index WHERE indexrelid = index AND NOT indisvalid) THEN
        DROP INDEX "audit_entries_at_idx";
    END IF;
END $$;

CREATE INDEX IF NOT EXISTS "audit_entries_at_idx" ON "audit_entries"("at");

-- What is written in the log stays as it was written, until a transaction that states a retention of at least a day
-- deletes what is older.
CREATE OR REPLACE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    days int := nullif(current_setting('cms.audit_retention_days', true), '');
BEGIN
    IF TG_OP = 'DELETE' AND days >= 1 AND OLD."at" < now() - make_interval(days => days) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit log is only ever appended to';
END
$$;
