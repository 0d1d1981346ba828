-- AlterTable
ALTER TABLE "media_usages" ADD COLUMN "label" TEXT, ADD COLUMN "url" TEXT;
