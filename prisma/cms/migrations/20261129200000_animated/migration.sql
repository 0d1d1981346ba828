ALTER TABLE "media_files" ADD COLUMN "animated" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "media_contents" ADD COLUMN "animated" BOOLEAN NOT NULL DEFAULT false;
