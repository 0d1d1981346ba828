-- The name of the bytes that a PUT of a staged upload is writing now. A later PUT replaces it, which ends the earlier one.
ALTER TABLE "uploads" ADD COLUMN "receiving_name" TEXT;

-- Staged uploads with bytes on the disk, to count those of a store and to remove expired ones.
CREATE INDEX "uploads_on_disk_idx" ON "uploads"("store_id")
    WHERE "state" IN ('AWAITED', 'STAGED') AND ("staged_name" IS NOT NULL OR "receiving_name" IS NOT NULL);

-- The bytes that open staged uploads of a store have on the disk, or will have when their PUTs have ended, without those
-- of `p_except`.
CREATE FUNCTION "staged_bytes"(p_store text, p_except uuid DEFAULT NULL) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(
        CASE WHEN staged_name IS NULL THEN 0 ELSE staged_size END
        + CASE WHEN receiving_name IS NULL THEN 0 ELSE declared_size END
    ), 0)::bigint
    FROM uploads
    WHERE store_id = p_store AND state IN ('AWAITED', 'STAGED') AND id IS DISTINCT FROM p_except
        AND (staged_name IS NOT NULL OR receiving_name IS NOT NULL)
$$;

-- Starts a PUT that writes to `p_name`: 'begun', 'closed' if the upload accepts no bytes any more, or 'over quota' if the
-- store has no room for the declared size, with `p_limit` as the limit of stores without a separate one. PUTs of one store
-- wait for each other here, so the limit is exact. `superseded` is the PUT that must end.
CREATE FUNCTION "begin_put"(p_upload uuid, p_name text, p_limit bigint)
    RETURNS TABLE ("outcome" text, "store" text, "checksum" text, "superseded" text)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    upload uploads;
    quota bigint;
    used bigint;
BEGIN
    SELECT u.* INTO upload FROM uploads u WHERE u.id = p_upload;
    PERFORM pg_advisory_xact_lock(hashtextextended('staged bytes ' || upload.store_id, 0));
    SELECT u.* INTO upload FROM uploads u
        WHERE u.id = p_upload AND u.state IN ('AWAITED', 'STAGED') AND u.expires_at > now() FOR UPDATE;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'closed', NULL, NULL, NULL;
        RETURN;
    END IF;
    SELECT s.quota_bytes, s.used_bytes INTO quota, used FROM stores s WHERE s.id = upload.store_id;
    quota := coalesce(quota, p_limit);
    IF quota - coalesce(used, 0) - staged_bytes(upload.store_id, p_upload) < upload.declared_size THEN
        RETURN QUERY SELECT 'over quota', NULL, NULL, NULL;
        RETURN;
    END IF;
    UPDATE uploads u SET receiving_name = p_name WHERE u.id = p_upload;
    RETURN QUERY SELECT 'begun', upload.store_id, upload.declared_checksum, upload.receiving_name;
END
$$;
