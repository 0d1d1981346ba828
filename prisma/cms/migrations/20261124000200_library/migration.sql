-- What Prisma's schema can't say: extensions, functions, triggers, collations and indexes, written by hand.

CREATE EXTENSION IF NOT EXISTS "btree_gin";
CREATE EXTENSION IF NOT EXISTS "pg_trgm";
CREATE EXTENSION IF NOT EXISTS "unaccent";

-- One spelling for what people take for the same: case, accents and forms of a character aside.
-- unaccent() is only STABLE, since its rules can be edited; the dictionary is bound here, once and for all, and
-- no search_path has a say. Whoever edits the rules runs UPDATE media_files SET search_text = '' and REINDEX.
-- Both sides of a comparison go through it. Of the Greek sigma there is one, wherever in a word it stands.
CREATE FUNCTION "media_fold"("value" TEXT) RETURNS TEXT
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN translate(lower(unaccent('unaccent'::regdictionary, normalize("value", NFKC))), 'ς', 'σ');

-- The pattern of LIKE that finds `word` anywhere in what was folded, character by character. Escaped after the
-- folding: a full-width percent sign is a percent sign only then.
CREATE FUNCTION "media_like_pattern"("word" TEXT) RETURNS TEXT
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN '%' || regexp_replace(media_fold("word"), '([\\%_])', '\\\1', 'g') || '%';

-- AlterTable
-- Code point order, the same everywhere: a folder's tree is one range of it.
ALTER TABLE "media_files"
    ALTER COLUMN "folder" SET DATA TYPE TEXT COLLATE "C",
    ADD COLUMN "has_alt_text" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "name_key" TEXT COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN "search_text" TEXT COLLATE "C" NOT NULL DEFAULT '';

-- Words of one file differ from those of the next: a tenth of a percent is told from nothing.
ALTER TABLE "media_files" ALTER COLUMN "search_text" SET STATISTICS 500;

-- Whatever is written into a derived column, and by whom, this is what it holds.
-- Lines, since no word of a search has a line end in it: none matches across two of them.
CREATE FUNCTION "derive_media_columns"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    localized TEXT;
BEGIN
    -- A new file has no texts yet; they bring themselves to notice when they come.
    IF TG_OP = 'UPDATE' THEN
        SELECT string_agg(text, E'\n' ORDER BY locale) INTO localized
        FROM media_texts WHERE media_id = NEW.id;
    END IF;
    -- Some characters unfold into many, and an index takes no key of any length.
    NEW.name_key := left(media_fold(NEW.original_filename), 255);
    NEW.has_alt_text := NEW.alt_text IS NOT NULL OR localized IS NOT NULL;
    NEW.search_text := media_fold(concat_ws(
        E'\n', NEW.original_filename, NEW.alt_text, localized, NEW.description, array_to_string(NEW.tags, E'\n')));
    RETURN NEW;
END
$$;

CREATE TRIGGER "media_files_derive" BEFORE INSERT
    OR UPDATE OF "original_filename", "alt_text", "description", "tags", "name_key", "has_alt_text", "search_text"
    ON "media_files" FOR EACH ROW EXECUTE FUNCTION "derive_media_columns"();

-- Files whose texts were written, removed or moved are derived anew, once per statement. They are locked in the
-- order of their ids, so that two statements about the same files wait for each other and never in a circle.
CREATE FUNCTION "derive_media_columns_of_texts"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched UUID[];
BEGIN
    CASE TG_OP
        WHEN 'INSERT' THEN touched := ARRAY(SELECT media_id FROM added);
        WHEN 'DELETE' THEN touched := ARRAY(SELECT media_id FROM removed);
        ELSE touched := ARRAY(SELECT media_id FROM added UNION SELECT media_id FROM removed);
    END CASE;
    IF cardinality(touched) > 0 THEN
        PERFORM FROM media_files WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;
        UPDATE media_files SET search_text = '' WHERE id = ANY (touched);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER "media_texts_inserted" AFTER INSERT ON "media_texts"
    REFERENCING NEW TABLE AS "added"
    FOR EACH STATEMENT EXECUTE FUNCTION "derive_media_columns_of_texts"();
CREATE TRIGGER "media_texts_updated" AFTER UPDATE ON "media_texts"
    REFERENCING OLD TABLE AS "removed" NEW TABLE AS "added"
    FOR EACH STATEMENT EXECUTE FUNCTION "derive_media_columns_of_texts"();
CREATE TRIGGER "media_texts_deleted" AFTER DELETE ON "media_texts"
    REFERENCING OLD TABLE AS "removed"
    FOR EACH STATEMENT EXECUTE FUNCTION "derive_media_columns_of_texts"();

-- Files that are there already.
UPDATE "media_files" SET "search_text" = '';

-- One index for each order of the library, read in both directions; "media_files_library_idx" is that by age.
CREATE INDEX "media_files_updated_idx" ON "media_files"("store_id", "updated_at", "id") WHERE "trashed_at" IS NULL;
CREATE INDEX "media_files_name_idx" ON "media_files"("store_id", "name_key", "id") WHERE "trashed_at" IS NULL;
CREATE INDEX "media_files_size_idx" ON "media_files"("store_id", "file_size", "id") WHERE "trashed_at" IS NULL;
CREATE INDEX "media_files_usage_idx" ON "media_files"("store_id", "usage_count", "id") WHERE "trashed_at" IS NULL;

-- What is picked from most, newest first at any depth, also where all of it is old. Folders are counted here, too.
CREATE INDEX "media_files_folder_idx" ON "media_files"("store_id", "folder", "created_at", "id") WHERE "trashed_at" IS NULL;
CREATE INDEX "media_files_media_type_idx" ON "media_files"("store_id", "media_type", "created_at", "id") WHERE "trashed_at" IS NULL;
CREATE INDEX "media_files_mime_type_idx" ON "media_files"("store_id", "mime_type", "created_at", "id") WHERE "trashed_at" IS NULL;
CREATE INDEX "media_files_missing_alt_text_idx" ON "media_files"("store_id", "created_at", "id")
    WHERE "trashed_at" IS NULL AND NOT "has_alt_text" AND NOT "decorative";

-- Whichever of tags and words are asked for, alone or together. What waits to be sorted in is read by every
-- search, so little may wait.
CREATE INDEX "media_files_search_idx" ON "media_files" USING gin ("store_id", "tags", "search_text" gin_trgm_ops)
    WITH (gin_pending_list_limit = 512) WHERE "trashed_at" IS NULL;

-- The trash is small and rarely looked at: other orders sort it.
CREATE INDEX "media_files_trash_idx" ON "media_files"("store_id", "created_at", "id") WHERE "trashed_at" IS NOT NULL;
