-- The tables of packages/media-consumer, as prisma/tables.sql there has them.

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

-- AlterTable
ALTER TABLE "products" ADD COLUMN     "uses_revision" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "product_media" ADD COLUMN     "claim_version" BIGINT NOT NULL DEFAULT 1;

-- CreateTrigger
CREATE TRIGGER "product_media_release" AFTER DELETE ON "product_media" REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION release_gone_usages();

-- Uses from before there were claims are claimed now.
INSERT INTO "usage_outbox" ("usage_id", "claim_version", "kind", "store_id", "media_id", "entity_id", "role")
SELECT "id", "claim_version", 'CLAIM', "store_id", "media_id", "product_id", "usage_type" FROM "product_media";
