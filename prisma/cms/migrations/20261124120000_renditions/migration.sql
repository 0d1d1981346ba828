-- CreateTable
CREATE TABLE "media_renditions" (
    "media_id" UUID NOT NULL,
    "content_number" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "store_id" TEXT NOT NULL,
    "mime_type" TEXT NOT NULL,
    "byte_size" INTEGER NOT NULL,
    "checksum" TEXT NOT NULL,
    "file_path" TEXT NOT NULL,
    "free" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "used_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "media_renditions_pkey" PRIMARY KEY ("media_id","content_number","name")
);

-- AddForeignKey
ALTER TABLE "media_renditions" ADD CONSTRAINT "media_renditions_media_id_content_number_fkey" FOREIGN KEY ("media_id", "content_number") REFERENCES "media_contents"("media_id", "number") ON DELETE CASCADE ON UPDATE NO ACTION;

-- What Prisma's schema can't say follows, written by hand.

-- Who hands out bytes remembers for a moment that they may be had: it is told when that has changed.
CREATE FUNCTION "tell_media_reach"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('media_reach', OLD.id::text);
    RETURN NULL;
END
$$;

CREATE TRIGGER "media_files_reach_changed" AFTER UPDATE ON "media_files" FOR EACH ROW
    WHEN (OLD.visibility <> NEW.visibility OR (OLD.trashed_at IS NULL) <> (NEW.trashed_at IS NULL))
    EXECUTE FUNCTION "tell_media_reach"();
CREATE TRIGGER "media_files_out_of_reach" AFTER DELETE ON "media_files" FOR EACH ROW
    EXECUTE FUNCTION "tell_media_reach"();

-- Remembers a rendition and forgets the free ones of its file that were used least; answers with the keys of
-- objects that nobody refers to any more. One at a time of a file, else none would count the others' new ones;
-- it locks in the order a purge does. A function, since each of its statements sees what was committed before.
CREATE FUNCTION "keep_rendition"(
    "the_store" TEXT, "the_media" UUID, "the_content" INTEGER, "the_name" TEXT, "the_mime_type" TEXT,
    "the_size" INTEGER, "the_checksum" TEXT, "the_path" TEXT, "is_free" BOOLEAN, "max_free" INTEGER
) RETURNS SETOF TEXT LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM media_files f WHERE f.store_id = the_store AND f.id = the_media FOR NO KEY UPDATE;
    RETURN QUERY SELECT r.file_path FROM media_renditions r
        WHERE r.media_id = the_media AND r.content_number = the_content AND r.name = the_name
            AND r.file_path <> the_path;
    INSERT INTO media_renditions
        (store_id, media_id, content_number, name, mime_type, byte_size, checksum, file_path, free)
    VALUES (the_store, the_media, the_content, the_name, the_mime_type, the_size, the_checksum, the_path, is_free)
    ON CONFLICT (media_id, content_number, name) DO UPDATE SET
        byte_size = excluded.byte_size, checksum = excluded.checksum, file_path = excluded.file_path,
        used_at = now();
    RETURN QUERY DELETE FROM media_renditions r USING (
        SELECT s.content_number, s.name FROM media_renditions s
        WHERE s.media_id = the_media AND s.free AND (s.content_number, s.name) <> (the_content, the_name)
        ORDER BY s.used_at DESC, s.created_at DESC
        OFFSET greatest(max_free - is_free::int, 0)
    ) AS surplus
        WHERE r.media_id = the_media AND r.content_number = surplus.content_number AND r.name = surplus.name
        RETURNING r.file_path;
END
$$;
