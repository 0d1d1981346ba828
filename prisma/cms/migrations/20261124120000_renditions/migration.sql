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
