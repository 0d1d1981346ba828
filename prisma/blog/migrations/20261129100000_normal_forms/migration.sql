-- Texts that exist, in the normal form of new ones. Times stay: nobody sees a change. Bodies are stored unchanged.
UPDATE "posts" SET "title" = normalize("title", NFC) WHERE "title" IS NOT NFC NORMALIZED;
UPDATE "post_media" SET "alt_text" = normalize("alt_text", NFC) WHERE "alt_text" IS NOT NFC NORMALIZED;
