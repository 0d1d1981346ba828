-- CreateTable
CREATE TABLE "media_invalidations" (
    "id" BIGSERIAL NOT NULL,
    "xid" xid8 NOT NULL DEFAULT pg_current_xact_id(),
    "store_id" TEXT NOT NULL,
    "media_id" UUID NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "media_invalidations_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "media_invalidations_xid_idx" ON "media_invalidations"("xid");

-- Prisma's schema can't express the following.

-- Written by the database, in the transaction of the change: no code path can forget it. A file's version increases
-- with every change. Claims change its usage count only, which is not cacheable: they must not wait for each other,
-- as transactions that notify do when they commit.
CREATE FUNCTION "invalidate_media"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO media_invalidations (store_id, media_id) VALUES (OLD.store_id, OLD.id);
    PERFORM pg_notify('media_invalidations', '');
    RETURN NULL;
END
$$;

CREATE TRIGGER "media_files_invalidated" AFTER UPDATE ON "media_files" FOR EACH ROW
    WHEN (OLD.version <> NEW.version)
    EXECUTE FUNCTION "invalidate_media"();
CREATE TRIGGER "media_files_invalidated_delete" AFTER DELETE ON "media_files" FOR EACH ROW
    EXECUTE FUNCTION "invalidate_media"();
