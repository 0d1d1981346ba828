-- Uploads whose clients send bytes to the storage themselves, which have the id as their name: until the URL of one
-- expires, its client can send bytes again, whatever the upload's state.
CREATE INDEX "uploads_direct_idx" ON "uploads"("store_id", "expires_at")
    WHERE coalesce("staged_name", "receiving_name") = "id"::text;

-- The bytes that open staged uploads of a store have in the storage, or will have when their PUTs have ended, and those
-- that may arrive again by URLs of uploads that are being completed, or that an existing file has answered; without those of
-- `p_except`. Uploads that created a file count with it.
CREATE OR REPLACE FUNCTION "staged_bytes"(p_store text, p_except uuid DEFAULT NULL) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT ((
        SELECT coalesce(sum(
            CASE WHEN staged_name IS NULL THEN 0 ELSE staged_size END
            + CASE WHEN receiving_name IS NULL THEN 0 ELSE declared_size END
        ), 0)
        FROM uploads
        WHERE store_id = p_store AND state IN ('AWAITED', 'STAGED') AND id IS DISTINCT FROM p_except
            AND (staged_name IS NOT NULL OR receiving_name IS NOT NULL)
    ) + (
        SELECT coalesce(sum(declared_size), 0)
        FROM uploads
        WHERE store_id = p_store AND id IS DISTINCT FROM p_except
            AND (state IN ('RESERVED', 'ABANDONED') OR state = 'DONE' AND answered_with <> id)
            AND coalesce(staged_name, receiving_name) = id::text AND expires_at > now()
    ))::bigint
$$;
