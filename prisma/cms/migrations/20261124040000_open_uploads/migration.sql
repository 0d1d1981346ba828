-- Staged uploads that may still be sent to or completed, to count those of a store.
CREATE INDEX "uploads_open_idx" ON "uploads"("store_id") WHERE "state" IN ('AWAITED', 'STAGED');
