-- CreateEnum
CREATE TYPE "media_type" AS ENUM ('IMAGE', 'VIDEO', 'AUDIO', 'DOCUMENT');

-- CreateEnum
CREATE TYPE "media_status" AS ENUM ('UPLOADED', 'PROCESSING', 'READY', 'FAILED');

-- CreateEnum
CREATE TYPE "media_visibility" AS ENUM ('PUBLIC', 'PRIVATE');

-- CreateEnum
CREATE TYPE "upload_state" AS ENUM ('RESERVED', 'ABANDONED', 'DONE');

-- CreateTable
CREATE TABLE "stores" (
    "id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "stores_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "media_files" (
    "id" UUID NOT NULL,
    "store_id" TEXT NOT NULL,
    "filename" TEXT NOT NULL,
    "original_filename" TEXT NOT NULL,
    "media_type" "media_type" NOT NULL,
    "mime_type" TEXT NOT NULL,
    "file_size" BIGINT NOT NULL,
    "checksum" TEXT NOT NULL,
    "width" INTEGER,
    "height" INTEGER,
    "duration_seconds" DOUBLE PRECISION,
    "thumb_hash" BYTEA,
    "file_path" TEXT NOT NULL,
    "content_number" INTEGER NOT NULL DEFAULT 1,
    "alt_text" TEXT,
    "decorative" BOOLEAN NOT NULL DEFAULT false,
    "description" TEXT,
    "folder" TEXT NOT NULL DEFAULT 'general',
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "focal_x" DOUBLE PRECISION,
    "focal_y" DOUBLE PRECISION,
    "visibility" "media_visibility" NOT NULL DEFAULT 'PUBLIC',
    "status" "media_status" NOT NULL,
    "failure" TEXT,
    "usage_count" INTEGER NOT NULL DEFAULT 0,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "trashed_at" TIMESTAMPTZ(3),

    CONSTRAINT "media_files_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "media_contents" (
    "media_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "store_id" TEXT NOT NULL,
    "filename" TEXT NOT NULL,
    "media_type" "media_type" NOT NULL,
    "mime_type" TEXT NOT NULL,
    "file_size" BIGINT NOT NULL,
    "checksum" TEXT NOT NULL,
    "width" INTEGER,
    "height" INTEGER,
    "duration_seconds" DOUBLE PRECISION,
    "thumb_hash" BYTEA,
    "file_path" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "media_contents_pkey" PRIMARY KEY ("media_id","number")
);

-- CreateTable
CREATE TABLE "media_texts" (
    "media_id" UUID NOT NULL,
    "locale" TEXT NOT NULL,
    "store_id" TEXT NOT NULL,
    "text" TEXT NOT NULL,

    CONSTRAINT "media_texts_pkey" PRIMARY KEY ("media_id","locale")
);

-- CreateTable
CREATE TABLE "uploads" (
    "id" UUID NOT NULL,
    "store_id" TEXT NOT NULL,
    "state" "upload_state" NOT NULL DEFAULT 'RESERVED',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "uploads_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "media_files_store_id_checksum_idx" ON "media_files"("store_id", "checksum");

-- CreateIndex
CREATE INDEX "uploads_seen_at_idx" ON "uploads"("seen_at");

-- AddForeignKey
ALTER TABLE "media_files" ADD CONSTRAINT "media_files_store_id_fkey" FOREIGN KEY ("store_id") REFERENCES "stores"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "media_contents" ADD CONSTRAINT "media_contents_media_id_fkey" FOREIGN KEY ("media_id") REFERENCES "media_files"("id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "media_texts" ADD CONSTRAINT "media_texts_media_id_fkey" FOREIGN KEY ("media_id") REFERENCES "media_files"("id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- What Prisma's schema can't say follows, written by hand.

-- The library's page, newest first; the trash is not in it.
CREATE INDEX "media_files_library_idx" ON "media_files"("store_id", "created_at" DESC, "id" DESC) WHERE "trashed_at" IS NULL;

ALTER TABLE "stores"
    ADD CONSTRAINT "stores_id_check" CHECK ("id" ~ '^[A-Za-z0-9_-]{1,64}$');

ALTER TABLE "uploads"
    ADD CONSTRAINT "uploads_store_id_check" CHECK ("store_id" ~ '^[A-Za-z0-9_-]{1,64}$');

ALTER TABLE "media_files"
    ALTER COLUMN "tags" SET NOT NULL,
    ADD CONSTRAINT "media_files_filename_check" CHECK (char_length("filename") BETWEEN 1 AND 255),
    ADD CONSTRAINT "media_files_original_filename_check" CHECK (char_length("original_filename") BETWEEN 1 AND 255),
    ADD CONSTRAINT "media_files_file_size_check" CHECK ("file_size" BETWEEN 1 AND 9007199254740991),
    ADD CONSTRAINT "media_files_checksum_check" CHECK ("checksum" ~ '^[0-9a-f]{64}$'),
    ADD CONSTRAINT "media_files_dimensions_check" CHECK ("width" > 0 AND "height" > 0 AND num_nulls("width", "height") IN (0, 2)),
    ADD CONSTRAINT "media_files_duration_check" CHECK ("duration_seconds" >= 0 AND "duration_seconds" < 'infinity'),
    ADD CONSTRAINT "media_files_content_number_check" CHECK ("content_number" >= 1),
    ADD CONSTRAINT "media_files_alt_text_check" CHECK (char_length("alt_text") BETWEEN 1 AND 500),
    ADD CONSTRAINT "media_files_description_check" CHECK (char_length("description") BETWEEN 1 AND 5000),
    ADD CONSTRAINT "media_files_folder_check" CHECK (char_length("folder") BETWEEN 1 AND 100),
    ADD CONSTRAINT "media_files_tags_check" CHECK (cardinality("tags") <= 50 AND array_position("tags", NULL) IS NULL),
    ADD CONSTRAINT "media_files_focal_point_check" CHECK ("focal_x" BETWEEN 0 AND 1 AND "focal_y" BETWEEN 0 AND 1 AND num_nulls("focal_x", "focal_y") IN (0, 2)),
    ADD CONSTRAINT "media_files_failure_check" CHECK ("failure" IS NULL OR "status" = 'FAILED'),
    ADD CONSTRAINT "media_files_usage_count_check" CHECK ("usage_count" >= 0),
    ADD CONSTRAINT "media_files_version_check" CHECK ("version" >= 1);

ALTER TABLE "media_contents"
    ADD CONSTRAINT "media_contents_number_check" CHECK ("number" >= 1),
    ADD CONSTRAINT "media_contents_file_size_check" CHECK ("file_size" BETWEEN 1 AND 9007199254740991),
    ADD CONSTRAINT "media_contents_checksum_check" CHECK ("checksum" ~ '^[0-9a-f]{64}$'),
    ADD CONSTRAINT "media_contents_dimensions_check" CHECK ("width" > 0 AND "height" > 0 AND num_nulls("width", "height") IN (0, 2)),
    ADD CONSTRAINT "media_contents_duration_check" CHECK ("duration_seconds" >= 0 AND "duration_seconds" < 'infinity');

ALTER TABLE "media_texts"
    ADD CONSTRAINT "media_texts_locale_check" CHECK (char_length("locale") BETWEEN 2 AND 35),
    ADD CONSTRAINT "media_texts_text_check" CHECK (char_length("text") BETWEEN 1 AND 500);
