-- AlterTable
ALTER TABLE "uploads" ADD COLUMN     "answered_with" UUID;

-- What Prisma's schema can't say follows, written by hand.

-- What was there before an upload and answers it, if anything:
--   'replayed'   its idempotency key has made this file already (`existing` is null once it was purged)
--   'mismatch'   its idempotency key was used for something else
--   'reused'     the store has these bytes, and that will do
--   'duplicate'  the store has these bytes, and they are not wanted twice
CREATE FUNCTION "upload_precedent"(
    p_store text, p_mutation text, p_key text, p_fingerprint text,
    p_policy text, p_checksum text, p_visibility media_visibility
) RETURNS TABLE ("outcome" text, "existing" media_files, "reused" boolean)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
        SELECT CASE WHEN (k.mutation, k.fingerprint) = (p_mutation, p_fingerprint)
            THEN 'replayed' ELSE 'mismatch' END, f, k.reused
        FROM idempotency_keys k
        LEFT JOIN media_files f ON f.id = k.media_id AND f.store_id = k.store_id
        WHERE k.store_id = p_store AND k.key = p_key AND k.created_at > now() - interval '1 day';
    IF FOUND OR p_policy = 'ALLOW' THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT CASE p_policy WHEN 'REUSE' THEN 'reused' ELSE 'duplicate' END, f, true
        FROM media_files f
        WHERE f.store_id = p_store AND f.checksum = p_checksum AND f.trashed_at IS NULL
            AND (p_policy <> 'REUSE' OR f.visibility = p_visibility)
        ORDER BY f.created_at, f.id
        LIMIT 1;
END
$$;

-- Counts `p_bytes` and `p_files` to the store, unless that goes over its limit, or over `p_limit` when it
-- has none of its own. Uploads of one store wait for each other here, so the limit is exact.
CREATE FUNCTION "take_room"(p_store text, p_bytes bigint, p_files integer, p_limit bigint) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stores AS s (id, used_bytes, file_count)
        SELECT p_store, p_bytes, p_files
        WHERE coalesce(p_bytes <= p_limit, true) OR EXISTS (SELECT FROM stores WHERE id = p_store)
        ON CONFLICT (id) DO UPDATE SET used_bytes = s.used_bytes + p_bytes, file_count = s.file_count + p_files
        WHERE coalesce(s.used_bytes + p_bytes <= coalesce(s.quota_bytes, p_limit), true);
    RETURN FOUND;
END
$$;

-- Decides on an upload: a precedent (see above), 'given up', 'over quota', or 'written', in which case there
-- is room for it and its row is to be written. It waits for others with the same key or bytes, and looks
-- after that: its statements see what those have committed, where the statement that calls it does not.
CREATE FUNCTION "admit_upload"(
    p_upload uuid, p_store text, p_bytes bigint, p_limit bigint, p_mutation text, p_key text,
    p_fingerprint text, p_policy text, p_checksum text, p_visibility media_visibility
) RETURNS TABLE ("outcome" text, "existing" media_files, "reused" boolean)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    -- Always in this order, so that no two can wait for each other.
    IF p_key IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('idempotency key ' || p_store || ' ' || p_key, 0));
    END IF;
    IF p_policy <> 'ALLOW' THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('media bytes ' || p_store || ' ' || p_checksum, 0));
    END IF;
    RETURN QUERY SELECT * FROM upload_precedent(
        p_store, p_mutation, p_key, p_fingerprint, p_policy, p_checksum, p_visibility);
    IF FOUND THEN
        RETURN;
    END IF;
    PERFORM FROM uploads u WHERE u.id = p_upload AND u.store_id = p_store AND u.state = 'RESERVED' FOR UPDATE;
    RETURN QUERY SELECT CASE
        WHEN NOT FOUND THEN 'given up'
        WHEN take_room(p_store, p_bytes, 1, p_limit) THEN 'written'
        ELSE 'over quota'
    END, NULL::media_files, false;
END
$$;

-- Decides on new bytes for a file, which stays locked: 'unknown', 'trashed', 'stale', 'unchanged' (it has
-- these very bytes), 'given up', 'over quota', or 'written'. `existing` is the file as it is.
CREATE FUNCTION "admit_replacement"(
    p_upload uuid, p_store text, p_bytes bigint, p_limit bigint, p_checksum text, p_version integer
) RETURNS TABLE ("outcome" text, "existing" media_files)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    held boolean;
    file media_files;
BEGIN
    PERFORM FROM uploads u WHERE u.id = p_upload AND u.store_id = p_store AND u.state = 'RESERVED' FOR UPDATE;
    held := FOUND;
    SELECT f.* INTO file FROM media_files f JOIN uploads u ON u.media_id = f.id
        WHERE u.id = p_upload AND f.store_id = p_store FOR UPDATE OF f;
    RETURN QUERY SELECT CASE
        WHEN file.id IS NULL THEN 'unknown'
        WHEN file.trashed_at IS NOT NULL THEN 'trashed'
        WHEN file.version <> p_version THEN 'stale'
        WHEN file.checksum = p_checksum THEN 'unchanged'
        WHEN NOT held THEN 'given up'
        WHEN take_room(p_store, p_bytes, 0, p_limit) THEN 'written'
        ELSE 'over quota'
    END, file;
END
$$;

-- The texts of a file as they are now, and not as the statement that asks sees them.
CREATE FUNCTION "texts_of"(p_media uuid) RETURNS json LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN coalesce((
        SELECT json_agg(json_build_object('locale', t.locale, 'text', t.text) ORDER BY t.locale COLLATE "C")
        FROM media_texts t WHERE t.media_id = p_media
    ), '[]');
END
$$;
