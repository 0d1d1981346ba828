-- AlterTable
-- NOT VALID: the files that exist have no title. Checking them would scan the table under an exclusive lock.
ALTER TABLE "media_files" ADD COLUMN     "title" TEXT;
ALTER TABLE "media_files"
    ADD CONSTRAINT "media_files_title_check" CHECK (char_length("title") BETWEEN 1 AND 255) NOT VALID;

-- The search also finds titles. Files without a title keep their search_text, so no row is rewritten.
CREATE OR REPLACE FUNCTION "derive_media_columns"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    localized TEXT;
BEGIN
    -- A new file has no texts yet. When they are inserted, their trigger updates the file.
    IF TG_OP = 'UPDATE' THEN
        SELECT string_agg(text, E'\n' ORDER BY locale) INTO localized
        FROM media_texts WHERE media_id = NEW.id;
    END IF;
    -- Some characters unfold into many, and an index limits the length of its keys.
    NEW.name_key := left(media_fold(NEW.original_filename), 255);
    NEW.has_alt_text := NEW.alt_text IS NOT NULL OR localized IS NOT NULL;
    NEW.search_text := media_fold(concat_ws(
        E'\n', NEW.original_filename, NEW.title, NEW.alt_text, localized, NEW.description,
        array_to_string(NEW.tags, E'\n')));
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER "media_files_derive" BEFORE INSERT
    OR UPDATE OF "original_filename", "title", "alt_text", "description", "tags", "name_key", "has_alt_text", "search_text"
    ON "media_files" FOR EACH ROW EXECUTE FUNCTION "derive_media_columns"();
