-- AlterEnum
ALTER TYPE "upload_state" ADD VALUE 'AWAITED';
ALTER TYPE "upload_state" ADD VALUE 'STAGED';

-- AlterTable
ALTER TABLE "stores" ADD COLUMN     "file_count" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "quota_bytes" BIGINT,
ADD COLUMN     "used_bytes" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "media_files" ADD COLUMN     "last_content_number" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "uploads" ADD COLUMN     "content_number" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "declared_checksum" TEXT,
ADD COLUMN     "declared_mime_type" TEXT,
ADD COLUMN     "declared_size" BIGINT,
ADD COLUMN     "expires_at" TIMESTAMPTZ(3),
ADD COLUMN     "media_id" UUID,
ADD COLUMN     "original_filename" TEXT,
ADD COLUMN     "staged_name" TEXT,
ADD COLUMN     "staged_sha256" TEXT,
ADD COLUMN     "staged_size" BIGINT;

-- CreateTable
CREATE TABLE "audit_entries" (
    "id" UUID NOT NULL,
    "store_id" TEXT NOT NULL,
    "media_id" UUID NOT NULL,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "changes" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "store_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "mutation" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "media_id" UUID NOT NULL,
    "reused" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("store_id","key")
);

-- CreateIndex
CREATE INDEX "audit_entries_store_id_media_id_at_id_idx" ON "audit_entries"("store_id", "media_id", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys"("created_at");

-- What Prisma's schema can't say follows, written by hand.

-- Stores that have files already. Every set of bytes counts, those in the trash and older ones too.
UPDATE "stores" AS s SET
    "used_bytes" = coalesce((SELECT sum(c."file_size") FROM "media_contents" AS c WHERE c."store_id" = s."id"), 0),
    "file_count" = (SELECT count(*) FROM "media_files" AS f WHERE f."store_id" = s."id");

ALTER TABLE "stores"
    ADD CONSTRAINT "stores_used_bytes_check" CHECK ("used_bytes" >= 0),
    ADD CONSTRAINT "stores_file_count_check" CHECK ("file_count" >= 0),
    ADD CONSTRAINT "stores_quota_bytes_check" CHECK ("quota_bytes" >= 0);

ALTER TABLE "media_files"
    ADD CONSTRAINT "media_files_last_content_number_check" CHECK ("last_content_number" >= "content_number");

ALTER TABLE "audit_entries"
    ADD CONSTRAINT "audit_entries_changes_check" CHECK (jsonb_typeof("changes") = 'array');

ALTER TABLE "idempotency_keys"
    ADD CONSTRAINT "idempotency_keys_key_check" CHECK (char_length("key") BETWEEN 1 AND 255);

-- What is written in the log stays as it was written.
CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is only ever appended to';
END
$$;

CREATE TRIGGER "audit_entries_append_only" BEFORE UPDATE OR DELETE ON "audit_entries"
    FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
