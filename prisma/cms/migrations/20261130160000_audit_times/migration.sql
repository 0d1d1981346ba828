-- The oldest entries, which are deleted after AUDIT_RETENTION_DAYS. Changes of files wait while the table is read. To
-- avoid that, create it CONCURRENTLY before this migration.
DO $$ BEGIN
    -- What is left when its creation was cancelled. It would not be used.
    IF EXISTS (
        SELECT FROM pg_index WHERE indexrelid = to_regclass('audit_entries_at_idx') AND NOT indisvalid
    ) THEN
        DROP INDEX "audit_entries_at_idx";
    END IF;
END $$;

CREATE INDEX IF NOT EXISTS "audit_entries_at_idx" ON "audit_entries"("at");

-- What is written in the log stays as it was written, until a transaction that states the retention deletes it.
CREATE OR REPLACE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD."at" < now()
        - make_interval(days => nullif(current_setting('cms.audit_retention_days', true), '')::int)
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit log is only ever appended to';
END
$$;
