-- A separate transaction: one that has the lock of the index and then asks for this one would wait for claims that wait for
-- it. Everything that reads claims waits behind it, so it gives up soon, and can be repeated.
SET LOCAL lock_timeout = '10s';

ALTER TABLE "media_usages"
    DROP CONSTRAINT "media_usages_pkey",
    ADD CONSTRAINT "media_usages_pkey" PRIMARY KEY USING INDEX "media_usages_by_consumer";
