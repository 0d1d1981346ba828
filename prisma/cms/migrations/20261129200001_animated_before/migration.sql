-- Whether files from before move is in their bytes, which SQL does not read. Until now every GIF and WebP counted as
-- animated, so that no rendition of one that moves became a still.
UPDATE "media_contents" SET "animated" = true WHERE "mime_type" IN ('image/gif', 'image/webp');
UPDATE "media_files" SET "animated" = true WHERE "mime_type" IN ('image/gif', 'image/webp');
