-- Prisma's schema can't express the functions and the trigger. docs/decisions/0020 gives their reasons.

-- The order of the feed is that of the ids now. It was that of transactions, up to the oldest one that was running
-- anywhere on the server: an idle transaction of another database held all changes back.
DROP INDEX "media_changes_feed_idx";
ALTER TABLE "media_changes" DROP COLUMN "xid";

-- Cursors of the old order start over. Consumers ignore what they have seen.
UPDATE "media_feed" SET "epoch" = gen_random_uuid();

-- A transaction that writes to the feed announces, before it gets its first id, the last id that exists: all of its
-- ids are higher. The announcement is a shared lock, which never waits, ends with the transaction after its rows are
-- visible, and which pg_locks shows to readers; its key contains the lower half of the id. It is made once per
-- transaction, because the lock table is limited.
CREATE FUNCTION "join_media_feed"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    "transaction" TEXT := pg_current_xact_id()::text;
    "last_id" BIGINT;
BEGIN
    IF current_setting('media_feed.joined_by', true) IS DISTINCT FROM "transaction" THEN
        "last_id" := coalesce(pg_sequence_last_value('media_changes_id_seq'), 0);
        PERFORM pg_advisory_xact_lock_shared(
            1835361639, ((("last_id" + 2147483648) & 4294967295) - 2147483648)::integer);
        PERFORM set_config('media_feed.joined_by', "transaction", true);
    END IF;
    RETURN NULL;
END
$$;

-- Before the statement: the ids of its rows are assigned later.
CREATE TRIGGER "media_changes_join" BEFORE INSERT ON "media_changes"
    FOR EACH STATEMENT EXECUTE FUNCTION "join_media_feed"();

-- Changes after an id, up to the horizon: below it no transaction can add a change any more. A function, since each
-- of its statements sees what was committed before it. First the last id is read, then the announcements, then the
-- changes. A transaction that is not announced at that time gets higher ids than the last one, or has committed its
-- changes before they are read. There is one row without a change if there are none.
CREATE FUNCTION "read_media_changes"("the_epoch" UUID, "after_id" BIGINT, "max_changes" INTEGER)
RETURNS TABLE (
    "epoch" UUID, "start_id" BIGINT, "is_held_back" BOOLEAN,
    "id" BIGINT, "kind" "media_change_kind", "store_id" TEXT, "media_id" UUID, "version" INTEGER, "occurred_at" TIMESTAMPTZ
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    "last_id" BIGINT := coalesce(pg_sequence_last_value('media_changes_id_seq'), 0);
    "horizon" BIGINT;
BEGIN
    SELECT least("last_id", min("last_id" + ((l.objid::bigint - "last_id" + 2147483648) & 4294967295) - 2147483648))
    INTO "horizon"
    FROM pg_locks AS l
    WHERE l.locktype = 'advisory' AND l.classid = 1835361639 AND l.objsubid = 2
        AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database());

    RETURN QUERY
    WITH start AS (
        -- A position from another epoch, or from a future that this database has lost, starts from the beginning.
        SELECT f.epoch, CASE WHEN f.epoch = "the_epoch" AND "after_id" <= "last_id" THEN "after_id" ELSE 0 END AS id
        FROM media_feed AS f
    )
    SELECT start.epoch, start.id, EXISTS (SELECT FROM media_changes AS later WHERE later.id > "horizon"),
        c.id, c.kind, c.store_id, c.media_id, c.version, c.occurred_at
    FROM start LEFT JOIN LATERAL (
        SELECT * FROM media_changes AS m
        WHERE m.id > start.id AND m.id <= "horizon"
        ORDER BY m.id
        LIMIT "max_changes"
    ) AS c ON true
    ORDER BY c.id;
END
$$;
