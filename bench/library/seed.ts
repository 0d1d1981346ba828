import type pg from 'pg';

/**
 * Inserts `count` realistic files of a store: repeated words in names, texts and tags, some folders, a few unused
 * files, and a tenth of them with a text in French. There are no bytes, because none are read.
 */
export async function seedLibrary(pool: pg.Pool, { storeId, count }: Seed) {
  await pool.query('INSERT INTO stores (id) VALUES ($1) ON CONFLICT DO NOTHING', [storeId]);
  for (let from = 1; from <= count; from += BATCH) {
    const to = Math.min(from + BATCH - 1, count);
    await pool.query(FILES, [storeId, from, to, count]);
  }
  await pool.query(TEXTS, [storeId]);
}

interface Seed {
  readonly storeId: string;
  readonly count: number;
}

const BATCH = 20_000;

/** 40 of the `$4` files have a unique word. */
const FILES = `
  WITH words AS (SELECT
    ARRAY['beach', 'mountain', 'forest', 'city', 'harbour', 'market', 'garden', 'bridge', 'studio', 'portrait'] AS nouns,
    ARRAY['summer', 'winter', 'red', 'blue', 'old', 'quiet', 'crowded', 'golden', 'foggy', 'bright'] AS kinds)
  INSERT INTO media_files (id, store_id, filename, original_filename, media_type, mime_type, file_size, checksum,
    width, height, file_path, status, alt_text, description, folder, tags, usage_count, created_at, updated_at)
  SELECT gen_random_uuid(), $1, n || '.jpg', format('%s-%s-%s.jpg', kind, noun, n), 'IMAGE',
    CASE WHEN n % 5 = 0 THEN 'image/png' ELSE 'image/jpeg' END, 20000 + n * 7919::bigint % 5000000,
    encode(sha256(($1 || n)::bytea), 'hex'), 1600, 1200,
    format('%s/%s/1-%s.jpg', $1, gen_random_uuid(), md5(n::text)), 'READY',
    CASE WHEN n % 4 > 0 THEN format('A %s %s', kind, noun) END,
    concat('Number ', n, CASE WHEN n % 3 = 0 THEN format(', taken by %s at the %s', n % 97, nouns[1 + n / 100 % 10]) END,
      CASE WHEN n % greatest($4::int / 40, 1) = 0 THEN ', near the lighthouse' END),
    format('shoots/%s/%s', 2015 + n % 10, noun), ARRAY[kind, noun, 'lot-' || n % 500],
    CASE WHEN n % 3 = 0 THEN n % 7 ELSE 0 END,
    timestamptz '2026-01-01' + n * interval '20 seconds', timestamptz '2026-01-01' + n * interval '25 seconds'
  FROM words, generate_series($2::int, $3::int) n,
    LATERAL (SELECT nouns[1 + n % 10] AS noun, kinds[1 + n / 10 % 10] AS kind) said`;

const TEXTS = `
  INSERT INTO media_texts (media_id, store_id, locale, text)
  SELECT id, store_id, 'fr', 'Une vue: ' || original_filename
  FROM media_files WHERE store_id = $1 AND file_size % 10 = 0`;
