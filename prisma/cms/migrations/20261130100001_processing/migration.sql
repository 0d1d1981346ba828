-- AlterTable
ALTER TABLE "uploads" ADD COLUMN     "attempts" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "on_duplicate" TEXT,
ADD COLUMN     "verified" JSONB;

-- What Prisma's schema can't express follows. docs/decisions/0026 gives the reasons.

-- Uploads whose files are PROCESSING: those that run and those that wait.
CREATE INDEX "uploads_processing_idx" ON "uploads"("seen_at") WHERE "state" = 'PROCESSING';

-- The checksum of a file that is not verified may be unknown. NOT VALID: the files that exist satisfy the stricter check.
ALTER TABLE "media_files"
    DROP CONSTRAINT "media_files_checksum_check",
    ADD CONSTRAINT "media_files_checksum_check" CHECK (
        "checksum" ~ '^[0-9a-f]{64}$' OR ("checksum" = '' AND "status" IN ('PROCESSING', 'FAILED'))
    ) NOT VALID;

-- As before, but only a file with verified bytes is a duplicate.
CREATE OR REPLACE FUNCTION "upload_precedent"(
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
        WHERE f.store_id = p_store AND f.checksum = p_checksum AND f.trashed_at IS NULL AND f.status = 'READY'
            AND (p_policy <> 'REUSE' OR f.visibility = p_visibility)
        ORDER BY f.created_at, f.id
        LIMIT 1;
END
$$;

-- As before, but a file that is PROCESSING gets no other bytes, and one without verified bytes has none to be equal to.
CREATE OR REPLACE FUNCTION "admit_replacement"(
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
        WHEN file.status = 'PROCESSING' THEN 'processing'
        WHEN file.status = 'READY' AND file.checksum = p_checksum THEN 'unchanged'
        WHEN NOT held THEN 'given up'
        WHEN take_room(p_store, p_bytes, 0, p_limit) THEN 'written'
        ELSE 'over quota'
    END, file;
END
$$;

-- Decides on the verified bytes of a file that is PROCESSING: 'superseded' (another process has taken the upload over),
-- 'purged', 'duplicate' (of `existing`), 'over quota', or 'written', in which case `existing` is the file, which stays
-- locked, and the store's bytes are those of the verified file. Its declared size was counted when it was created.
CREATE FUNCTION "admit_processed"(
    p_upload uuid, p_store text, p_attempt integer, p_bytes bigint, p_limit bigint, p_checksum text
) RETURNS TABLE ("outcome" text, "existing" media_files)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    policy text := (SELECT u.on_duplicate FROM uploads u WHERE u.id = p_upload);
    file media_files;
    duplicate media_files;
BEGIN
    -- In the order of "admit_upload", so that no two wait for each other.
    IF policy <> 'ALLOW' THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('media bytes ' || p_store || ' ' || p_checksum, 0));
    END IF;
    PERFORM FROM uploads u
        WHERE u.id = p_upload AND u.store_id = p_store AND u.state = 'PROCESSING' AND u.attempts = p_attempt FOR UPDATE;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'superseded', NULL::media_files;
        RETURN;
    END IF;
    SELECT f.* INTO file FROM media_files f
        WHERE f.id = p_upload AND f.store_id = p_store AND f.status = 'PROCESSING' FOR UPDATE;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'purged', NULL::media_files;
        RETURN;
    END IF;
    IF policy = 'REJECT' THEN
        SELECT f.* INTO duplicate FROM media_files f
            WHERE f.store_id = p_store AND f.checksum = p_checksum AND f.trashed_at IS NULL AND f.status = 'READY'
            ORDER BY f.created_at, f.id LIMIT 1;
        IF FOUND THEN
            RETURN QUERY SELECT 'duplicate', duplicate;
            RETURN;
        END IF;
    END IF;
    IF p_bytes > file.file_size THEN
        IF NOT take_room(p_store, p_bytes - file.file_size, 0, p_limit) THEN
            RETURN QUERY SELECT 'over quota', file;
            RETURN;
        END IF;
    ELSIF p_bytes < file.file_size THEN
        UPDATE stores SET used_bytes = greatest(used_bytes + p_bytes - file.file_size, 0) WHERE id = p_store;
    END IF;
    RETURN QUERY SELECT 'written', file;
END
$$;
