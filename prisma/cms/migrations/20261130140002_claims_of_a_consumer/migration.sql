-- The claims of one consumer are one range of the primary key, as reconcile reads them. With the store first, a consumer with
-- few claims had to skip those of all others. Claims wait while the index is created. To
-- avoid that, create it CONCURRENTLY before this migration.
CREATE UNIQUE INDEX IF NOT EXISTS "media_usages_by_consumer" ON "media_usages"("consumer", "store_id", "usage_id");

ALTER TABLE "media_usages"
    DROP CONSTRAINT "media_usages_pkey",
    ADD CONSTRAINT "media_usages_pkey" PRIMARY KEY USING INDEX "media_usages_by_consumer";
