-- Renditions of drawings were not larger than the drawing. They are rendered again; `pnpm cms sweep` removes the
-- stored bytes of the old ones.
DELETE FROM media_renditions r USING media_contents c
WHERE c.media_id = r.media_id AND c.number = r.content_number AND c.mime_type = 'image/svg+xml';
