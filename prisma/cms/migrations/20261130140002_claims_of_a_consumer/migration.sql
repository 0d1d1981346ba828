-- The claims of one consumer are one range of the primary key, as reconcile reads them. With the store first, a consumer with
-- few claims had to skip those of all others. Claims wait while the index is created. To
-- avoid that, create it CONCURRENTLY before this migration.
CREATE UNIQUE INDEX IF NOT EXISTS "media_usages_by_consumer" ON "media_usages"("consumer", "store_id", "usage_id");
