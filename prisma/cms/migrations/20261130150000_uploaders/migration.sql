-- The files of an uploader, newest first, and the uploaders of a store. Uploads wait while the table is read. To avoid
-- that, create it CONCURRENTLY before this migration.
DO $$ BEGIN
    -- What is left when its creation was cancelled. It would not be used.
    IF EXISTS (
        SELECT FROM pg_index WHERE indexrelid = to_regclass('media_files_uploader_idx') AND NOT indisvalid
    ) THEN
        DROP INDEX "media_files_uploader_idx";
    END IF;
END $$;

CREATE INDEX IF NOT EXISTS "media_files_uploader_idx" ON "media_files"("store_id", "created_by", "created_at", "id")
    WHERE "trashed_at" IS NULL;
