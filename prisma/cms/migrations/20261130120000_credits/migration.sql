-- AlterTable
ALTER TABLE "media_files" ADD COLUMN "created_by" TEXT,
ADD COLUMN "credit" TEXT,
ADD COLUMN "copyright" TEXT;
