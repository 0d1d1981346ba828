-- Written by hand.

-- Gives locks back, tries to take the one that a rendition is made under, then looks for the rendition. A
-- function, since each of its statements sees what was committed before: whoever had the lock has stored what
-- they made by the time they gave it back. Waits for nobody, for others are waiting behind it.
CREATE FUNCTION "claim_rendition"(
    "the_store" TEXT, "the_media" UUID, "the_content" INTEGER, "the_name" TEXT, "the_lock" TEXT, "given_back" TEXT[],
    OUT "claimed" BOOLEAN, OUT "stored" JSON
) LANGUAGE plpgsql AS $$
DECLARE
    "was_used_at" TIMESTAMPTZ;
BEGIN
    PERFORM pg_advisory_unlock(hashtextextended('rendition ' || lock, 0)) FROM unnest(given_back) AS lock;
    claimed := pg_try_advisory_lock(hashtextextended('rendition ' || the_lock, 0));
    SELECT json_build_object(
            'mimeType', r.mime_type, 'byteSize', r.byte_size, 'checksum', r.checksum, 'storageKey', r.file_path
        ), r.used_at
    INTO stored, was_used_at
    FROM media_renditions r
    WHERE r.store_id = the_store AND r.media_id = the_media AND r.content_number = the_content AND r.name = the_name;
    IF was_used_at < now() - interval '10 minutes' THEN
        UPDATE media_renditions r SET used_at = now() FROM (
            SELECT s.media_id, s.content_number, s.name FROM media_renditions s
            WHERE s.media_id = the_media AND s.content_number = the_content AND s.name = the_name
            FOR NO KEY UPDATE SKIP LOCKED
        ) AS idle
        WHERE r.media_id = idle.media_id AND r.content_number = idle.content_number AND r.name = idle.name;
    END IF;
END
$$;
