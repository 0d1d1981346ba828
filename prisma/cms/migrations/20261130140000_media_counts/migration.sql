-- CreateEnum
CREATE TYPE "media_count_kind" AS ENUM ('FOLDER', 'TAG', 'TYPE');

-- CreateTable
CREATE TABLE "media_counts" (
    "store_id" TEXT NOT NULL,
    "kind" "media_count_kind" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "media_counts_pkey" PRIMARY KEY ("store_id","kind","name")
);

-- CreateTable
CREATE TABLE "media_count_changes" (
    "id" BIGSERIAL NOT NULL,
    "store_id" TEXT NOT NULL,
    "kind" "media_count_kind" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "change" INTEGER NOT NULL,

    CONSTRAINT "media_count_changes_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "media_count_changes_store_id_kind_idx" ON "media_count_changes"("store_id", "kind");

-- What Prisma's schema can't express follows. docs/decisions/0032 gives the reasons.

CREATE INDEX "media_counts_zero_idx" ON "media_counts"("count") WHERE "count" = 0;

-- Under what a file is counted: once in its folder, once for each of its tags, and once as its type.
CREATE FUNCTION "media_count_keys"("folder" text, "tags" text[], "media_type" media_type, "mime_type" text)
    RETURNS TABLE ("kind" media_count_kind, "name" text)
LANGUAGE sql STABLE AS $$
    SELECT 'FOLDER'::media_count_kind, "folder"
    UNION ALL SELECT 'TYPE', "media_type" || ' ' || "mime_type"
    UNION ALL SELECT DISTINCT 'TAG'::media_count_kind, tag FROM unnest("tags") AS tag
$$;

-- Only inserts, so that writers do not wait for each other. The files of the trash do not count.
CREATE FUNCTION "count_media_file"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO media_count_changes (store_id, kind, name, change)
    SELECT coalesce(NEW.store_id, OLD.store_id), kind, name, sum(change)
    FROM (
        SELECT k.*, -1 AS change FROM media_count_keys(OLD.folder, OLD.tags, OLD.media_type, OLD.mime_type) AS k
        WHERE TG_OP <> 'INSERT' AND OLD.trashed_at IS NULL
        UNION ALL
        SELECT k.*, 1 FROM media_count_keys(NEW.folder, NEW.tags, NEW.media_type, NEW.mime_type) AS k
        WHERE TG_OP <> 'DELETE' AND NEW.trashed_at IS NULL
    ) AS each
    GROUP BY kind, name
    HAVING sum(change) <> 0;
    RETURN NULL;
END
$$;

-- Adds up to `max_changes` changes to the counts. Returns how many; 0 also while another process does so.
CREATE FUNCTION "fold_media_counts"("max_changes" integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    "folded" integer;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('media counts', 0)) THEN
        RETURN 0;
    END IF;
    WITH gone AS (
        DELETE FROM media_count_changes WHERE id IN (
            SELECT id FROM media_count_changes ORDER BY id LIMIT "max_changes"
        )
        RETURNING store_id, kind, name, change
    ), counted AS (
        INSERT INTO media_counts AS c (store_id, kind, name, count)
        SELECT store_id, kind, name, sum(change) FROM gone GROUP BY store_id, kind, name HAVING sum(change) <> 0
        ON CONFLICT (store_id, kind, name) DO UPDATE SET count = c.count + excluded.count
    )
    SELECT count(*) INTO "folded" FROM gone;
    DELETE FROM media_counts WHERE count = 0;
    RETURN "folded";
END
$$;

-- Counts all files again, while others are written. The last statement has one snapshot: it removes the changes of exactly
-- the files that it counts. Statements that start later see its result.
CREATE FUNCTION "recount_media"() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('media counts', 0));
    DELETE FROM media_counts;
    WITH gone AS (DELETE FROM media_count_changes)
    INSERT INTO media_counts (store_id, kind, name, count)
    SELECT f.store_id, 'FOLDER'::media_count_kind, f.folder, count(*)
        FROM media_files f WHERE f.trashed_at IS NULL GROUP BY f.store_id, f.folder
    UNION ALL
    SELECT f.store_id, 'TYPE', f.media_type || ' ' || f.mime_type, count(*)
        FROM media_files f WHERE f.trashed_at IS NULL GROUP BY f.store_id, f.media_type, f.mime_type
    UNION ALL
    SELECT f.store_id, 'TAG', k.tag, count(*)
        FROM media_files f, LATERAL (SELECT DISTINCT tag FROM unnest(f.tags) AS tag) AS k
        WHERE f.trashed_at IS NULL GROUP BY f.store_id, k.tag;
END
$$;

CREATE TRIGGER "media_files_counted_insert" AFTER INSERT ON "media_files" FOR EACH ROW
    WHEN (NEW.trashed_at IS NULL)
    EXECUTE FUNCTION "count_media_file"();
CREATE TRIGGER "media_files_counted_update" AFTER UPDATE ON "media_files" FOR EACH ROW
    WHEN ((OLD.trashed_at IS NULL) <> (NEW.trashed_at IS NULL) OR NEW.trashed_at IS NULL
        AND (OLD.folder, OLD.tags, OLD.media_type, OLD.mime_type)
            IS DISTINCT FROM (NEW.folder, NEW.tags, NEW.media_type, NEW.mime_type))
    EXECUTE FUNCTION "count_media_file"();
CREATE TRIGGER "media_files_counted_delete" AFTER DELETE ON "media_files" FOR EACH ROW
    WHEN (OLD.trashed_at IS NULL)
    EXECUTE FUNCTION "count_media_file"();
