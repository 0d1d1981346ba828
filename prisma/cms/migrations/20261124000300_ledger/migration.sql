-- CreateEnum
CREATE TYPE "media_change_kind" AS ENUM ('TRASHED', 'RESTORED', 'PURGED', 'CONTENT_REPLACED');

-- CreateTable
CREATE TABLE "media_usages" (
    "store_id" TEXT NOT NULL,
    "consumer" TEXT NOT NULL,
    "usage_id" TEXT NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "media_id" UUID NOT NULL,
    "entity_type" TEXT,
    "entity_id" TEXT,
    "role" TEXT,
    "claim_version" BIGINT NOT NULL,
    "active" BOOLEAN NOT NULL,
    "claimed_at" TIMESTAMPTZ(3),
    "released_at" TIMESTAMPTZ(3),

    CONSTRAINT "media_usages_pkey" PRIMARY KEY ("store_id","consumer","usage_id")
);

-- CreateTable
CREATE TABLE "media_changes" (
    "id" BIGSERIAL NOT NULL,
    "xid" xid8 NOT NULL DEFAULT pg_current_xact_id(),
    "kind" "media_change_kind" NOT NULL,
    "store_id" TEXT NOT NULL,
    "media_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "media_changes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "media_feed" (
    "id" BOOLEAN NOT NULL DEFAULT true,
    "epoch" UUID NOT NULL DEFAULT gen_random_uuid(),
    "home" TEXT NOT NULL,

    CONSTRAINT "media_feed_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "media_usages_media_id_active_claimed_at_id_idx" ON "media_usages"("media_id", "active", "claimed_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "media_changes_occurred_at_idx" ON "media_changes"("occurred_at");

-- AddForeignKey
ALTER TABLE "media_usages" ADD CONSTRAINT "media_usages_media_id_fkey" FOREIGN KEY ("media_id") REFERENCES "media_files"("id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- What Prisma's schema can't say follows, written by hand.

ALTER TABLE "media_usages"
    ADD CONSTRAINT "media_usages_texts_check" CHECK (
        char_length("consumer") BETWEEN 1 AND 255 AND char_length("usage_id") BETWEEN 1 AND 255
        AND char_length("entity_type") BETWEEN 1 AND 255 AND char_length("entity_id") BETWEEN 1 AND 255
        AND char_length("role") BETWEEN 1 AND 255
    ),
    ADD CONSTRAINT "media_usages_claim_version_check" CHECK ("claim_version" BETWEEN 0 AND 9007199254740991),
    ADD CONSTRAINT "media_usages_active_check" CHECK ("active" = ("released_at" IS NULL)),
    ADD CONSTRAINT "media_usages_claimed_check" CHECK (NOT "active" OR num_nulls("entity_type", "entity_id", "claimed_at") = 0);

-- What was released is remembered for a while; this finds what may be forgotten.
CREATE INDEX "media_usages_released_idx" ON "media_usages"("released_at") WHERE NOT "active";

ALTER TABLE "media_feed" ADD CONSTRAINT "media_feed_one_row" CHECK ("id");

-- The feed's order: see "read" in the change feed's repository.
CREATE INDEX "media_changes_feed_idx" ON "media_changes"("xid", "id");

-- The count of a file is kept by the ledger itself, so that no statement can change one without the other.
-- Whoever writes to the ledger has locked the files concerned, in the order of their ids.
CREATE FUNCTION "count_media_usages"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE media_files AS f SET usage_count = f.usage_count + d.uses
        FROM (SELECT media_id, count(*)::int AS uses FROM after WHERE active GROUP BY media_id) AS d
        WHERE f.id = d.media_id;
    ELSIF TG_OP = 'DELETE' THEN
        UPDATE media_files AS f SET usage_count = f.usage_count - d.uses
        FROM (SELECT media_id, count(*)::int AS uses FROM before WHERE active GROUP BY media_id) AS d
        WHERE f.id = d.media_id;
    ELSE
        UPDATE media_files AS f SET usage_count = f.usage_count + d.uses
        FROM (
            SELECT media_id, sum(uses)::int AS uses
            FROM (
                SELECT media_id, 1 AS uses FROM after WHERE active
                UNION ALL
                SELECT media_id, -1 FROM before WHERE active
            ) AS each
            GROUP BY media_id
            HAVING sum(uses) <> 0
        ) AS d
        WHERE f.id = d.media_id;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER "media_usages_counted_insert" AFTER INSERT ON "media_usages"
    REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION "count_media_usages"();
CREATE TRIGGER "media_usages_counted_update" AFTER UPDATE ON "media_usages"
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION "count_media_usages"();
CREATE TRIGGER "media_usages_counted_delete" AFTER DELETE ON "media_usages"
    REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION "count_media_usages"();

-- The feed is written by the database, in the transaction of the change: no code path can forget it.
CREATE FUNCTION "tell_media_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO media_changes (kind, store_id, media_id, version)
        VALUES ('PURGED', OLD.store_id, OLD.id, OLD.version + 1);
    ELSE
        INSERT INTO media_changes (kind, store_id, media_id, version)
        SELECT kind::media_change_kind, NEW.store_id, NEW.id, NEW.version
        FROM (VALUES
            ('CONTENT_REPLACED', OLD.content_number <> NEW.content_number),
            ('TRASHED', OLD.trashed_at IS NULL AND NEW.trashed_at IS NOT NULL),
            ('RESTORED', OLD.trashed_at IS NOT NULL AND NEW.trashed_at IS NULL)
        ) AS change (kind, happened)
        WHERE happened;
    END IF;
    PERFORM pg_notify('media_changes', '');
    RETURN NULL;
END
$$;

CREATE TRIGGER "media_files_changed" AFTER UPDATE ON "media_files" FOR EACH ROW
    WHEN (OLD.content_number <> NEW.content_number OR (OLD.trashed_at IS NULL) <> (NEW.trashed_at IS NULL))
    EXECUTE FUNCTION "tell_media_change"();
CREATE TRIGGER "media_files_purged" AFTER DELETE ON "media_files" FOR EACH ROW
    EXECUTE FUNCTION "tell_media_change"();

-- Which database server this is, and on which of its timelines: another one after a dump was restored
-- elsewhere, after a recovery to a point in time and after a failover. Transaction ids mean nothing across.
CREATE FUNCTION "media_feed_home"() RETURNS text LANGUAGE sql AS $$
    SELECT system_identifier::text || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) FROM pg_control_system()
$$;

INSERT INTO "media_feed" ("home") VALUES ("media_feed_home"());
