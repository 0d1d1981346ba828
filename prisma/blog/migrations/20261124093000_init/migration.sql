-- CreateEnum
CREATE TYPE "post_media_role" AS ENUM ('COVER', 'INLINE', 'ATTACHMENT');

-- CreateTable
CREATE TABLE "posts" (
    "id" UUID NOT NULL,
    "store_id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "posts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "post_media" (
    "id" UUID NOT NULL,
    "store_id" TEXT NOT NULL,
    "post_id" UUID NOT NULL,
    "media_id" UUID NOT NULL,
    "role" "post_media_role" NOT NULL,
    "display_order" INTEGER NOT NULL,
    "alt_text" TEXT,
    "claim_version" BIGINT NOT NULL DEFAULT 1,

    CONSTRAINT "post_media_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "posts_store_id_created_at_id_idx" ON "posts"("store_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "posts_store_id_slug_key" ON "posts"("store_id", "slug");

-- CreateIndex
CREATE INDEX "post_media_store_id_media_id_idx" ON "post_media"("store_id", "media_id");

-- CreateIndex
CREATE UNIQUE INDEX "post_media_post_id_media_id_role_key" ON "post_media"("post_id", "media_id", "role");

-- CreateIndex
-- At most one cover, whatever the code above believes.
CREATE UNIQUE INDEX "post_media_cover_key" ON "post_media"("post_id") WHERE "role" = 'COVER';

-- AddForeignKey
ALTER TABLE "post_media" ADD CONSTRAINT "post_media_post_id_fkey" FOREIGN KEY ("post_id") REFERENCES "posts"("id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddCheck
ALTER TABLE "post_media" ADD CONSTRAINT "post_media_display_order_check" CHECK ("display_order" >= 0);

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
CREATE TRIGGER "post_media_release" AFTER DELETE ON "post_media" REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION release_gone_usages();
