-- Files whose public URLs have ended, until the CDN has removed them. Written in the transaction that ends them. Rows of a
-- CMS without CDN_PURGE_URL are deleted after a day.
CREATE TABLE "ended_media" (
    "id" BIGSERIAL NOT NULL,
    "store_id" TEXT NOT NULL,
    "media_id" UUID NOT NULL,
    "ended_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent" SMALLINT NOT NULL DEFAULT 0,
    "failures" SMALLINT NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ended_media_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "ended_media_due_at_idx" ON "ended_media"("due_at");

CREATE FUNCTION "note_ended_media"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ended_media (store_id, media_id) VALUES (OLD.store_id, OLD.id);
    RETURN NULL;
END
$$;

-- Caches keep only what is PUBLIC.
CREATE TRIGGER "media_files_ended" AFTER UPDATE ON "media_files" FOR EACH ROW
    WHEN (OLD.visibility = 'PUBLIC' AND OLD.trashed_at IS NULL
        AND (NEW.trashed_at IS NOT NULL OR NEW.visibility = 'PRIVATE'))
    EXECUTE FUNCTION "note_ended_media"();
CREATE TRIGGER "media_files_deleted" AFTER DELETE ON "media_files" FOR EACH ROW
    WHEN (OLD.visibility = 'PUBLIC' AND OLD.trashed_at IS NULL)
    EXECUTE FUNCTION "note_ended_media"();

-- Which secrets sign URLs, by a value from which they cannot be computed: to find a process with another secret.
CREATE TABLE "secret_fingerprints" (
    "fingerprint" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "secret_fingerprints_pkey" PRIMARY KEY ("fingerprint")
);
