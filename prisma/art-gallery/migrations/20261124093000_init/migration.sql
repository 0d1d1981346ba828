-- CreateTable
CREATE TABLE "artworks" (
    "id" UUID NOT NULL,
    "store_id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "year" INTEGER,
    "medium" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "artworks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "gallery_media" (
    "id" UUID NOT NULL,
    "store_id" TEXT NOT NULL,
    "artwork_id" UUID NOT NULL,
    "media_id" UUID NOT NULL,
    "is_primary" BOOLEAN NOT NULL,
    "caption" TEXT,
    "display_order" INTEGER NOT NULL,
    "claim_version" BIGINT NOT NULL DEFAULT 1,

    CONSTRAINT "gallery_media_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "artworks_store_id_created_at_id_idx" ON "artworks"("store_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "gallery_media_store_id_media_id_idx" ON "gallery_media"("store_id", "media_id");

-- CreateIndex
CREATE UNIQUE INDEX "gallery_media_artwork_id_media_id_key" ON "gallery_media"("artwork_id", "media_id");

-- CreateIndex
-- At most one primary, whatever the code above believes.
CREATE UNIQUE INDEX "gallery_media_primary_key" ON "gallery_media"("artwork_id") WHERE "is_primary";

-- AddForeignKey
ALTER TABLE "gallery_media" ADD CONSTRAINT "gallery_media_artwork_id_fkey" FOREIGN KEY ("artwork_id") REFERENCES "artworks"("id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddCheck
ALTER TABLE "gallery_media" ADD CONSTRAINT "gallery_media_display_order_check" CHECK ("display_order" >= 0);

-- CreateEnum
CREATE TYPE "media_trash_state" AS ENUM ('ACTIVE', 'TRASHED', 'PURGED');

-- CreateEnum
CREATE TYPE "usage_message_kind" AS ENUM ('CLAIM', 'RELEASE');

-- CreateTable
CREATE TABLE "media_states" (
    "store_id" TEXT NOT NULL,
    "media_id" UUID NOT NULL,
    "state" "media_trash_state" NOT NULL,
    "version" INTEGER NOT NULL,

    CONSTRAINT "media_states_pkey" PRIMARY KEY ("store_id","media_id")
);

-- CreateTable
CREATE TABLE "usage_outbox" (
    "usage_id" UUID NOT NULL,
    "claim_version" BIGINT NOT NULL,
    "kind" "usage_message_kind" NOT NULL,
    "store_id" TEXT NOT NULL,
    "media_id" UUID NOT NULL,
    "entity_id" TEXT,
    "role" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "usage_outbox_pkey" PRIMARY KEY ("usage_id","claim_version")
);

-- CreateTable
CREATE TABLE "feed_cursor" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "cursor" TEXT,

    CONSTRAINT "feed_cursor_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "usage_outbox_due_at_idx" ON "usage_outbox"("due_at");

-- CreateIndex
CREATE INDEX "usage_outbox_store_id_media_id_idx" ON "usage_outbox"("store_id", "media_id");

INSERT INTO "feed_cursor" DEFAULT VALUES;

-- A deleted association's claim is released with it, in the same transaction. A trigger, because no code
-- sees what a cascade deletes, and none can forget it. Each association table gets
--
--   CREATE TRIGGER "…_release" AFTER DELETE ON "…" REFERENCING OLD TABLE AS gone
--       FOR EACH STATEMENT EXECUTE FUNCTION release_gone_usages();
CREATE FUNCTION release_gone_usages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "usage_outbox" ("usage_id", "claim_version", "kind", "store_id", "media_id")
    SELECT "id", "claim_version" + 1, 'RELEASE', "store_id", "media_id" FROM gone
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

-- CreateTrigger
CREATE TRIGGER "gallery_media_release" AFTER DELETE ON "gallery_media" REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION release_gone_usages();
