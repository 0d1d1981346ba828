-- What people call an entity is part of the claims of its usages. A rename claims them again, in the same
-- transaction: no code path can forget it. It has locked the entity, as all code does that writes claim versions.
-- The table of entities gets a trigger with the table of associations, its column with the id of the entity, and
-- SQL on its columns for the role:
--
--   CREATE TRIGGER "…_rename" AFTER UPDATE ON "…" FOR EACH ROW WHEN (OLD."title" IS DISTINCT FROM NEW."title")
--       EXECUTE FUNCTION claim_renamed_usages('…_media', '…_id', 'NULL');
--
-- Earlier claims that are not sent yet are dropped, so that many renames leave one message for each usage. Those that
-- are locked are being sent: waiting for them could be a deadlock.
CREATE FUNCTION claim_renamed_usages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'WITH locked AS MATERIALIZED (
            SELECT id FROM %1$I WHERE %2$I = $1 ORDER BY id FOR NO KEY UPDATE
        ), superseded AS MATERIALIZED (
            SELECT o.usage_id, o.claim_version FROM usage_outbox o JOIN locked ON locked.id = o.usage_id
            WHERE o.kind = ''CLAIM'' FOR UPDATE OF o SKIP LOCKED
        ), dropped AS (
            DELETE FROM usage_outbox o USING superseded s
            WHERE o.usage_id = s.usage_id AND o.claim_version = s.claim_version
        ), renamed AS (
            UPDATE %1$I AS m SET claim_version = m.claim_version + 1 FROM locked WHERE m.id = locked.id
            RETURNING m.id AS usage_id, m.claim_version, m.store_id, m.media_id, (%3$s)::text AS role
        )
        INSERT INTO usage_outbox (usage_id, claim_version, kind, store_id, media_id, entity_id, role)
        SELECT usage_id, claim_version, ''CLAIM'', store_id, media_id, $1::text, role FROM renamed
        ON CONFLICT DO NOTHING',
        TG_ARGV[0], TG_ARGV[1], TG_ARGV[2]
    ) USING NEW."id";
    RETURN NULL;
END
$$;
