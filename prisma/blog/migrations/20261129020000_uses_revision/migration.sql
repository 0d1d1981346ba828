-- AlterTable
ALTER TABLE "posts" ADD COLUMN     "uses_revision" INTEGER NOT NULL DEFAULT 0;
