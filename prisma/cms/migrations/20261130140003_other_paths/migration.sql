-- Contents whose key does not contain the id of their file: none. The sweep looks here before it removes an object whose key
-- has no id either, instead of reading all rows. Uploads wait while the table is read. To
-- avoid that, create it CONCURRENTLY before this migration.
DO $$ BEGIN
    -- What is left when its creation was cancelled. It would not be used.
    IF EXISTS (
        SELECT FROM pg_index WHERE indexrelid = to_regclass('media_contents_other_path_idx') AND NOT indisvalid
    ) THEN
        DROP INDEX "media_contents_other_path_idx";
    END IF;
END $$;

CREATE INDEX IF NOT EXISTS "media_contents_other_path_idx" ON "media_contents"("file_path")
    WHERE split_part("file_path", '/', 2) <> "media_id"::text;
