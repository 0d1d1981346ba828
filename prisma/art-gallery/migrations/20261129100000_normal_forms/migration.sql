-- Texts that exist, in the normal form of new ones. Times stay: nobody sees a change.
UPDATE "artworks" SET "title" = normalize("title", NFC) WHERE "title" IS NOT NFC NORMALIZED;
UPDATE "artworks" SET "medium" = normalize("medium", NFC) WHERE "medium" IS NOT NFC NORMALIZED;
UPDATE "gallery_media" SET "caption" = normalize("caption", NFC) WHERE "caption" IS NOT NFC NORMALIZED;
