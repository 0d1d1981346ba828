-- What has been in the trash for longest, of all stores.
CREATE INDEX "media_files_trashed_at_idx" ON "media_files"("trashed_at") WHERE "trashed_at" IS NOT NULL;
