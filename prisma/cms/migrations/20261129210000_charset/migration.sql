ALTER TABLE "media_files" ADD COLUMN "charset" TEXT;
ALTER TABLE "media_contents" ADD COLUMN "charset" TEXT;
