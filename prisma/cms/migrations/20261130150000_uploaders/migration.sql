-- The files of an uploader, newest first, and the uploaders of a store, by code point. Uploads wait while the table is
-- read. To avoid that, change the column and create the index CONCURRENTLY before this migration.
ALTER TABLE "media_files" ALTER COLUMN "created_by" SET DATA TYPE TEXT COLLATE "C";

DO $$ DECLARE
    index regclass := to_regclass('media_files_uploader_idx');
BEGIN
    IF EXISTS (SELECT FROM pg_stat_progress_create_index WHERE index_relid = index) THEN
        RAISE EXCEPTION 'The index media_files_uploader_idx is still being created. Migrate when that has ended.';
    END IF;
    -- What is left when its creation was cancelled. It would not be used.
    IF EXISTS (SELECT FROM pg_index WHERE indexrelid = index AND NOT indisvalid) THEN
        DROP INDEX "media_files_uploader_idx";
    END IF;
END $$;

CREATE INDEX IF NOT EXISTS "media_files_uploader_idx" ON "media_files"("store_id", "created_by", "created_at", "id")
    WHERE "trashed_at" IS NULL;

-- The trash of a store, by the time of deletion.
CREATE INDEX "media_files_trash_times_idx" ON "media_files"("store_id", "trashed_at", "id")
    WHERE "trashed_at" IS NOT NULL;
