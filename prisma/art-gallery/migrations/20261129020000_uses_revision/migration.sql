-- AlterTable
ALTER TABLE "artworks" ADD COLUMN     "uses_revision" INTEGER NOT NULL DEFAULT 0;
