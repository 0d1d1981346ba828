import pg from 'pg';

/** A store with generated files. */
export interface ScaleStore {
  readonly storeId: string;
  readonly count: number;
}

/** Of each store, whatever its size. */
const RARE_FILES = 40;
const FOLDERS = 2_000;

const BATCH = 100_000;
/** Of the tables that only their sizes are measured of. */
const MAX_ROWS = 1_000_000;

/**
 * Inserts the rows of files, their contents and claims, without bytes. Triggers do not run and indexes are built at the
 * end, because one by one 10 million files would take most of a day; derived columns are written as triggers would.
 */
export async function seedScale(url: string, stores: readonly ScaleStore[]) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`SET statement_timeout = 0; SET synchronous_commit = off;
      SET session_replication_role = replica; SET maintenance_work_mem = '1GB'`);
    const { rows: indexes } = await client.query<{ name: string; definition: string }>(INDEXES);
    for (const { name } of indexes) await client.query(`DROP INDEX "${name}"`);
    for (const { storeId, count } of stores) {
      await client.query(STORE, [storeId, count]);
      for (let from = 1; from <= count; from += BATCH) {
        const values = [storeId, from, Math.min(from + BATCH - 1, count), count];
        await client.query(FILES, values);
        note(`${storeId}: ${values[2]} files`);
      }
    }
    for (const statement of DERIVED) {
      await client.query(statement);
      note(statement.trim().split('\n')[0] ?? '');
    }
    for (const { name, definition } of indexes) {
      await client.query(definition);
      note(name);
    }
    await client.query('SELECT recount_media()');
    await client.query('VACUUM (FREEZE, ANALYZE)');
    await client.query('CHECKPOINT');
    note('vacuumed');
  } finally {
    await client.end();
  }
}

/** Seeding takes long: shows where it is. */
function note(text: string) {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
}

/** All but those of constraints. */
const INDEXES = `
  SELECT i.relname AS name, pg_get_indexdef(i.oid) AS definition
  FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
  WHERE NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.oid)
    AND x.indrelid IN ('media_files'::regclass, 'media_contents'::regclass, 'media_usages'::regclass,
      'audit_entries'::regclass)
  ORDER BY name`;

const STORE = `
  INSERT INTO stores (id, file_count, used_bytes) VALUES ($1, $2::int, $2::int::bigint * 2500000)`;

/** In the order of their times, as files are uploaded. */
const FILES = `
  WITH words AS (SELECT
    ARRAY['beach', 'mountain', 'forest', 'city', 'harbour', 'market', 'garden', 'bridge', 'studio', 'portrait'] AS nouns,
    ARRAY['summer', 'winter', 'red', 'blue', 'old', 'quiet', 'crowded', 'golden', 'foggy', 'bright'] AS kinds
  ), given AS (
    SELECT n, noun, kind, format('%s-%s-%s.jpg', kind, noun, n) AS name,
      timestamptz '2026-01-01' + n * interval '2 seconds' AS moment,
      CASE WHEN n % 4 > 0 THEN format('A %s %s', kind, noun) END AS alt_text,
      concat('Number ', n, CASE WHEN n % 3 = 0 THEN format(', taken by %s at the %s', n % 97, nouns[1 + n / 100 % 10]) END,
        CASE WHEN n % greatest($4::int / ${RARE_FILES}, 1) = 0 THEN ', near the lighthouse' END) AS description,
      ARRAY[kind, noun, 'lot-' || n % 5000] AS tags, encode(sha256(($1 || n)::bytea), 'hex') AS checksum
    FROM words, generate_series($2::int, $3::int) n,
      LATERAL (SELECT nouns[1 + n % 10] AS noun, kinds[1 + n / 10 % 10] AS kind) said
  ), named AS (SELECT *, uuidv7(moment - now()) AS id FROM given)
  INSERT INTO media_files (id, store_id, filename, original_filename, media_type, mime_type, file_size, checksum,
    width, height, file_path, status, alt_text, description, folder, tags, usage_count, created_by, created_at, updated_at,
    thumb_hash, name_key, has_alt_text, search_text)
  SELECT id, $1, id || '.jpg', name, CASE WHEN n % 50 = 0 THEN 'VIDEO' ELSE 'IMAGE' END::media_type,
    CASE WHEN n % 50 = 0 THEN 'video/mp4' WHEN n % 5 = 0 THEN 'image/png' ELSE 'image/jpeg' END,
    20000 + n * 7919::bigint % 5000000, checksum, 1600, 1200, format('%s/%s/1-%s.jpg', $1, id, checksum), 'READY',
    alt_text, description, format('shoots/%s/%s/set-%s', 2015 + n % 10, noun, n % ${FOLDERS}), tags,
    CASE WHEN n % 3 = 0 THEN 1 ELSE 0 END, 'editor-' || n % 20, moment, moment + n % 1000 * interval '1 minute',
    substr(sha256(n::text::bytea), 1, 24), media_fold(name), alt_text IS NOT NULL,
    media_fold(concat_ws(E'\\n', name, alt_text, description, array_to_string(tags, E'\\n')))
  FROM named`;

/** What exists for each file, and of what is only measured the first rows. */
const DERIVED = [
  `
  INSERT INTO media_contents (media_id, number, store_id, filename, media_type, mime_type, file_size, checksum, width,
    height, thumb_hash, file_path, created_at)
  SELECT id, 1, store_id, filename, media_type, mime_type, file_size, checksum, width, height, thumb_hash, file_path,
    created_at FROM media_files`,
  `
  INSERT INTO media_usages (store_id, consumer, usage_id, id, media_id, entity_type, entity_id, role, label, url,
    claim_version, active, claimed_at)
  SELECT store_id, 'catalog', uuidv7(), uuidv7(), id, 'Thing', gen_random_uuid(), 'MAIN_IMAGE', 'Thing: ' || original_filename,
    NULL, 1, true, created_at
  FROM media_files WHERE usage_count > 0`,
  `
  INSERT INTO audit_entries (id, store_id, media_id, actor, action, at, changes)
  SELECT uuidv7(), store_id, id, created_by, 'uploaded', created_at,
    jsonb_build_array(jsonb_build_object('field', 'originalFilename', 'before', NULL, 'after', original_filename))
  FROM media_files LIMIT ${MAX_ROWS}`,
  `
  INSERT INTO media_renditions (media_id, content_number, name, store_id, mime_type, byte_size, checksum, file_path, free)
  SELECT id, 1, name, store_id, 'image/webp', 20000, checksum, format('%s/%s/1/%s-%s.webp', store_id, id, name, checksum), true
  FROM (SELECT * FROM media_files LIMIT ${MAX_ROWS} / 4) f, unnest(ARRAY['w320inside-webp', 'w640inside-webp', 'w960inside-webp', 'w1280inside-webp']) name`,
  `
  INSERT INTO media_changes (kind, store_id, media_id, version, occurred_at)
  SELECT 'CONTENT_REPLACED', store_id, id, 2, now() FROM media_files LIMIT ${MAX_ROWS}`,
];
