-- CreateTable
-- Code point order, as the folders of files: a folder's tree is one range of it.
CREATE TABLE "media_folders" (
    "store_id" TEXT NOT NULL,
    "path" TEXT COLLATE "C" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "media_folders_pkey" PRIMARY KEY ("store_id", "path")
);

-- A folder that is renamed takes its files in the trash with it. The index of live files exists.
CREATE INDEX "media_files_trash_folder_idx" ON "media_files"("store_id", "folder") WHERE "trashed_at" IS NOT NULL;
