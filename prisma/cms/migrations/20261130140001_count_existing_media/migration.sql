-- A separate transaction: the previous one has locked the table for its triggers, this one only reads it, while files are
-- uploaded and changed.
SELECT recount_media();
