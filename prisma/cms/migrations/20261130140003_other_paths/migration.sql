-- Contents whose key does not contain the id of their file: none. The sweep looks here before it removes an object whose key
-- has no id either, instead of reading all rows. Uploads wait while the table is read. To
-- avoid that, create it CONCURRENTLY before this migration.
CREATE INDEX IF NOT EXISTS "media_contents_other_path_idx" ON "media_contents"("file_path")
    WHERE split_part("file_path", '/', 2) <> "media_id"::text;
