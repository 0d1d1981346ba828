-- The search also ignores invisible characters (joiners, soft hyphens, directional marks …) and the vowel marks of Arabic
-- and Hebrew, and the Arabic tatweel, which only makes a word longer. They are removed after NFKC, which takes them out of
-- letters that contain them. No index is on this function; the columns that are derived with it are written below.
CREATE OR REPLACE FUNCTION "media_fold"("value" TEXT) RETURNS TEXT
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN translate(lower(unaccent('unaccent'::regdictionary, regexp_replace(normalize("value", NFKC),
        '[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF' ||
        '\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7\u0610-\u061A\u0640\u064B-\u065F\u0670\u06D6-\u06DC\u06DF-\u06E4\u06E7\u06E8\u06EA-\u06ED\u0898-\u089F\u08CA-\u08E1\u08E3-\u08FF]',
        '', 'g'))), 'ς', 'σ');

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

-- A text that would be too long for its column stays: NFC spells some letters with two or three characters.
CREATE FUNCTION "normal_text"("value" TEXT, "max_length" INTEGER) RETURNS TEXT
    LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE WHEN char_length(normalize("value", NFC)) <= "max_length" THEN normalize("value", NFC) ELSE "value" END
$$;

CREATE FUNCTION "normal_folder"("path" TEXT) RETURNS TEXT
    LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE WHEN names && ARRAY['.', '..'] OR char_length(folder) > 100 THEN "path" ELSE folder END
    FROM (
        SELECT array_agg(name) AS names, coalesce(string_agg(name, '/' ORDER BY place), 'general') AS folder
        FROM (
            SELECT normal_key(part) AS name, place
            FROM unnest(string_to_array("path", '/')) WITH ORDINALITY AS parts (part, place)
        ) AS parts WHERE name <> ''
    ) AS joined
$$;

-- Each tag once, where it was first.
CREATE FUNCTION "normal_tags"("tags" TEXT[]) RETURNS TEXT[]
    LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT coalesce(array_agg(tag ORDER BY place), '{}')
    FROM (
        SELECT normal_key(given) AS tag, min(place) AS place
        FROM unnest("tags") WITH ORDINALITY AS list (given, place)
        GROUP BY normal_key(given)
    ) AS list WHERE tag <> ''
$$;

-- Files that exist. Versions and times stay: nobody sees a change. ASCII is in every normal form.
UPDATE "media_texts" SET "text" = normal_text("text", 500)
WHERE "text" ~ '[^\u0001-\u007F]' AND "text" <> normal_text("text", 500);

WITH normal AS MATERIALIZED (
    SELECT "id", normal_key("original_filename") AS name, normal_text("title", 255) AS title,
        normal_text("alt_text", 500) AS alt_text, normal_text("description", 5000) AS description,
        CASE WHEN "folder" ~ '[^\u0001-\u007F]' THEN normal_folder("folder") COLLATE "C" ELSE "folder" END AS folder,
        CASE WHEN array_to_string("tags", '') ~ '[^\u0001-\u007F]' THEN normal_tags("tags") ELSE "tags" END AS tags
    FROM "media_files"
    WHERE concat("original_filename", "title", "alt_text", "description", "folder", array_to_string("tags", ''))
        ~ '[^\u0001-\u007F]'
)
UPDATE "media_files" AS f SET
    "original_filename" = CASE WHEN n.name ~ '^\.*$' OR char_length(n.name) > 255 THEN f.original_filename ELSE n.name END,
    "title" = n.title, "alt_text" = n.alt_text, "description" = n.description, "folder" = n.folder, "tags" = n.tags
FROM normal AS n
WHERE f.id = n.id AND (f.original_filename, f.title, f.alt_text, f.description, f.folder, f.tags)
    IS DISTINCT FROM (n.name, n.title, n.alt_text, n.description, n.folder, n.tags);

-- The columns that the search reads, of the other files in which it now ignores a character.
UPDATE "media_files" SET "search_text" = ''
WHERE "search_text" ~ ('[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF' ||
    '\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7\u0610-\u061A\u0640\u064B-\u065F\u0670\u06D6-\u06DC\u06DF-\u06E4\u06E7\u06E8\u06EA-\u06ED\u0898-\u089F\u08CA-\u08E1\u08E3-\u08FF]');

DROP FUNCTION "normal_tags"(TEXT[]);
DROP FUNCTION "normal_folder"(TEXT);
DROP FUNCTION "normal_text"(TEXT, INTEGER);
DROP FUNCTION "normal_key"(TEXT);
