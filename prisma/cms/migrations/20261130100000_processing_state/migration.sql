-- AlterEnum. A value can be used only after the transaction that adds it: the next migration uses it.
ALTER TYPE "upload_state" ADD VALUE 'PROCESSING';
