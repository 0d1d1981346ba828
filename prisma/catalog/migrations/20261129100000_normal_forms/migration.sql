-- As normalKey() of packages/subgraph-kit: NFC with one kind of space, without invisible characters that do not change
-- what is shown.
CREATE FUNCTION "normal_key"("value" TEXT) RETURNS TEXT
    LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE WHEN "value" !~ ('[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF' ||
        '\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]') THEN normalize("value", NFC) ELSE btrim(normalize(translate(
        regexp_replace(normalize("value", NFC),
            '((?<=[\u00A9\u00AE\u203C\u2049\u2122\u2139\u2190-\u2BFF\u3030\u303D\u3297\u3299\U0001F000-\U0001FAFF]\uFE0F?)\u200D(?=[\u00A9\u00AE\u203C\u2049\u2122\u2139\u2190-\u2BFF\u3030\u303D\u3297\u3299\U0001F000-\U0001FAFF])|' ||
            '(?<=[\u00A9\u00AE\u203C\u2049\u2122\u2139\u2190-\u2BFF\u3030\u303D\u3297\u3299\U0001F000-\U0001FAFF])[\uFE0E\uFE0F]|' ||
            '\uFE0F(?=\u20E3)|' ||
            '(?<=\U0001F3F4[\U000E0020-\U000E007F]{0,7})[\U000E0020-\U000E007F]|' ||
            '(?<=[\u0620\u0626\u0628\u062A-\u062E\u0633-\u063F\u0641-\u0647\u0649\u064A\u066E\u066F\u0678-\u0687\u069A-\u06BF\u06C1\u06C2\u06CC\u06CE\u06D0\u06D1\u06FA-\u06FC\u06FF\u0750-\u0758\u075C-\u076A\u076D-\u0770\u0772\u0775-\u0777\u077A-\u077F][\u064B-\u065F\u0670]{0,4})\u200C(?=[\u064B-\u065F\u0670]{0,4}[\u0620\u0622-\u063F\u0641-\u064A\u066E\u066F\u0671-\u0673\u0675-\u06D3\u06D5\u06EE\u06EF\u06FA-\u06FC\u06FF\u0750-\u077F])|' ||
            '(?<=[\u0904-\u0939\u0972-\u0980\u0985-\u09B9\u09F0\u09F1\u0A05-\u0A39\u0A85-\u0AB9\u0B05-\u0B39\u0B71\u0B83-\u0BB9\u0C05-\u0C39\u0C58-\u0C5A\u0C85-\u0CB9\u0CDE\u0D05-\u0D3A\u0D7A-\u0D7F\u0D85-\u0DC6][\u093C\u09BC\u0A3C\u0ABC\u0B3C\u0C3C\u0CBC]?[\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0BCD\u0C4D\u0CCD\u0D4D\u0DCA])\u200D|' ||
            '(?<=[\u0904-\u0939\u0972-\u0980\u0985-\u09B9\u09F0\u09F1\u0A05-\u0A39\u0A85-\u0AB9\u0B05-\u0B39\u0B71\u0B83-\u0BB9\u0C05-\u0C39\u0C58-\u0C5A\u0C85-\u0CB9\u0CDE\u0D05-\u0D3A\u0D7A-\u0D7F\u0D85-\u0DC6][\u093C\u09BC\u0A3C\u0ABC\u0B3C\u0C3C\u0CBC]?[\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0BCD\u0C4D\u0CCD\u0D4D\u0DCA])\u200C(?=[\u0904-\u0939\u0972-\u0980\u0985-\u09B9\u09F0\u09F1\u0A05-\u0A39\u0A85-\u0AB9\u0B05-\u0B39\u0B71\u0B83-\u0BB9\u0C05-\u0C39\u0C58-\u0C5A\u0C85-\u0CB9\u0CDE\u0D05-\u0D3A\u0D7A-\u0D7F\u0D85-\u0DC6])|' ||
            '(?<=[\u0904-\u0939\u0972-\u0980\u0985-\u09B9\u09F0\u09F1\u0A05-\u0A39\u0A85-\u0AB9\u0B05-\u0B39\u0B71\u0B83-\u0BB9\u0C05-\u0C39\u0C58-\u0C5A\u0C85-\u0CB9\u0CDE\u0D05-\u0D3A\u0D7A-\u0D7F\u0D85-\u0DC6])\u200D(?=[\u093C\u09BC\u0A3C\u0ABC\u0B3C\u0C3C\u0CBC]?[\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0BCD\u0C4D\u0CCD\u0D4D\u0DCA][\u0904-\u0939\u0972-\u0980\u0985-\u09B9\u09F0\u09F1\u0A05-\u0A39\u0A85-\u0AB9\u0B05-\u0B39\u0B71\u0B83-\u0BB9\u0C05-\u0C39\u0C58-\u0C5A\u0C85-\u0CB9\u0CDE\u0D05-\u0D3A\u0D7A-\u0D7F\u0D85-\u0DC6]))|[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]',
            '\1', 'g'),
        E'\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u202F\u205F\u3000',
        '                '), NFC), E' \t\n\x0B\f\r\u2028\u2029') END
$$;

-- SKUs that exist. Of several that become one, the first keeps the common SKU: the one that is in its normal form, else
-- the oldest. The others stay, and are found by exactly what they are.
WITH normal AS MATERIALIZED (
    SELECT "id", "store_id", "created_at", normal_key("sku") AS sku FROM "products" WHERE "sku" ~ '[^\u0001-\u007F]'
)
UPDATE "products" AS p SET "sku" = n.sku
FROM (SELECT DISTINCT ON (store_id, sku) id, store_id, sku FROM normal ORDER BY store_id, sku, created_at, id) AS n
WHERE p.id = n.id AND n.sku <> '' AND char_length(n.sku) <= 64
    AND NOT EXISTS (SELECT FROM "products" AS other WHERE other.store_id = n.store_id AND other.sku = n.sku);

WITH normal AS MATERIALIZED (
    SELECT "id", "store_id", "created_at", normal_key("sku") AS sku FROM "product_variants" WHERE "sku" ~ '[^\u0001-\u007F]'
)
UPDATE "product_variants" AS p SET "sku" = n.sku
FROM (SELECT DISTINCT ON (store_id, sku) id, store_id, sku FROM normal ORDER BY store_id, sku, created_at, id) AS n
WHERE p.id = n.id AND n.sku <> '' AND char_length(n.sku) <= 64
    AND NOT EXISTS (SELECT FROM "product_variants" AS other WHERE other.store_id = n.store_id AND other.sku = n.sku);

DROP FUNCTION "normal_key"(TEXT);

-- Texts that exist. Versions and times stay: nobody sees a change.
UPDATE "products" SET "name" = normalize("name", NFC) WHERE "name" IS NOT NFC NORMALIZED;
UPDATE "products" SET "description" = normalize("description", NFC) WHERE "description" IS NOT NFC NORMALIZED;
UPDATE "product_variants" SET "name" = normalize("name", NFC) WHERE "name" IS NOT NFC NORMALIZED;
UPDATE "product_media" SET "alt_text" = normalize("alt_text", NFC) WHERE "alt_text" IS NOT NFC NORMALIZED;
