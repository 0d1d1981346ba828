import type pg from 'pg';
import { expect, test } from 'vitest';
import type { MediaLibraryFilter, QueryMediaLibraryArgs } from '../../generated/graphql.ts';
import { type TestLibrary, callerOf, useTestLibrary } from './testing/library.ts';

const FIELDS = [
  'CREATED_AT',
  'UPDATED_AT',
  'ORIGINAL_FILENAME',
  'FILE_SIZE',
  'USAGE_COUNT',
  'TRASHED_AT',
] as const;

/** 50,000 files of one store, 10,000 of others, some in the trash. */
const FILL = `
  WITH store AS (INSERT INTO stores (id) SELECT 'store-' || n FROM generate_series(0, 9) n)
  INSERT INTO media_files (id, store_id, filename, original_filename, media_type, mime_type, file_size, checksum,
    file_path, status, description, alt_text, folder, tags, usage_count, created_at, updated_at, trashed_at, created_by)
  SELECT gen_random_uuid(), CASE WHEN n % 6 = 0 THEN 'store-' || 1 + n / 6 % 9 ELSE 'store-0' END,
    n || '.jpg', word || '-' || n || '.jpg',
    CASE WHEN n % 50 = 1 THEN 'VIDEO' ELSE 'IMAGE' END::media_type,
    CASE WHEN n % 50 = 1 THEN 'video/mp4' WHEN n % 4 = 1 THEN 'image/png' ELSE 'image/jpeg' END,
    1 + n * 7919 % 1000003, encode(sha256(n::text::bytea), 'hex'), repeat('path/', 24) || n, 'READY', repeat('a note ', 90),
    CASE WHEN n % 100 > 1 THEN 'A view of ' || word END, 'folder-' || n % 40 || '/' || n % 7,
    ARRAY['tag-' || n % 200, 'all'], CASE WHEN n % 300 = 1 THEN n % 9 ELSE 0 END,
    timestamptz '2026-01-01' + n * interval '1 minute', timestamptz '2026-06-01' + n * 31 % 60000 * interval '1 second',
    CASE WHEN n % 97 = 96 THEN now() END, 'user-' || floor(power(n % 997, 0.7))
  FROM generate_series(1, 60000) n, substr(md5(n::text), 1, 6) word`;

let tests: TestLibrary;
useTestLibrary(
  (opened) => {
    tests = opened;
  },
  async ({ pool }) => {
    // VACUUM does not mark pages as all-visible while the commit of their rows is not on disk.
    await pool.query(
      `BEGIN; SET LOCAL synchronous_commit = on; SET LOCAL statement_timeout = 0; ${FILL}; COMMIT`,
    );
    await pool.query('VACUUM ANALYZE media_files');
  },
);

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Sort Key'?: string[];
  Plans?: PlanNode[];
}

/**
 * All nodes of the plans of the statements that `run` sends: for these values and, if a statement is named, for any.
 */
async function plansOf(run: () => Promise<unknown>): Promise<PlanNode[]> {
  const { pool } = tests.store;
  const nodes: PlanNode[] = [];
  const query = pool.query.bind(pool);
  const explain = async (statement: pg.QueryConfig, option = '') => {
    const text = `EXPLAIN (FORMAT JSON${option}) ${statement.text}`;
    const { rows } = await query({ ...statement, name: undefined, text });
    nodes.push(rows[0]['QUERY PLAN'][0].Plan);
  };
  const collect = async (given: string | pg.QueryConfig, values: unknown[] = []) => {
    const statement = typeof given === 'string' ? { text: given, values } : given;
    await explain(statement);
    if (statement.name) await explain({ text: statement.text }, ', GENERIC_PLAN');
    return query(statement);
  };
  Object.assign(pool, { query: collect });
  try {
    await run();
  } finally {
    Object.assign(pool, { query });
  }
  for (const node of nodes) nodes.push(...(node.Plans ?? []));
  return nodes;
}

const scansOf = (nodes: readonly PlanNode[]) =>
  nodes.filter((node) => node['Relation Name'] === 'media_files').map((node) => node['Node Type']);
const indexesOf = (nodes: readonly PlanNode[]) =>
  new Set(nodes.flatMap((node) => node['Index Name'] ?? []));

/** The page is limited before it is sorted: only its rows are sorted, after the join. */
function expectNoSort(nodes: readonly PlanNode[]) {
  for (const limit of nodes.filter((node) => node['Node Type'] === 'Limit')) {
    const below = [...(limit.Plans ?? [])];
    for (const node of below) below.push(...(node.Plans ?? []));
    expect(below.map((node) => node['Node Type']).filter((type) => type.includes('Sort'))).toEqual(
      [],
    );
  }
}

const caller = callerOf('store-0');
const page = (given: QueryMediaLibraryArgs, isCounted = false) =>
  tests.library.page(caller, given, { isCounted });
const used = new Set<string>();

test.each(FIELDS.flatMap((field) => [[field, 'ASC'] as const, [field, 'DESC'] as const]))(
  'reads a page by %s %s from its index, near the start and far from it',
  async (field, direction) => {
    const orderBy = { field, direction };
    const filter = { trashed: field === 'TRASHED_AT' };
    const last = await page({ orderBy, filter, last: 50 });
    for (const given of [
      { first: 50 },
      { last: 50 },
      { first: 50, after: last.pageInfo.startCursor },
      { last: 50, before: last.pageInfo.startCursor },
    ]) {
      const nodes = await plansOf(() => page({ ...given, orderBy, filter }));
      expectNoSort(nodes);
      expect(scansOf(nodes)).not.toContain('Seq Scan');
      for (const index of indexesOf(nodes)) used.add(index);
    }
  },
);

const filters: [MediaLibraryFilter, string | null][] = [
  [{ mediaType: ['VIDEO'] }, 'media_files_media_type_idx'],
  [{ mediaType: ['VIDEO', 'IMAGE'] }, null],
  [{ mimeType: ['video/mp4'] }, 'media_files_mime_type_idx'],
  [{ mimeType: ['video/mp4', 'application/pdf'] }, null],
  [{ folder: 'folder-1/1' }, 'media_files_folder_idx'],
  [{ folderTree: 'folder-1' }, null],
  [{ folderTree: 'folder-1/1' }, null],
  [{ tags: ['tag-77'] }, null],
  [{ tags: ['tag-77', 'all'] }, null],
  [{ search: 'abc1' }, 'media_files_search_idx'],
  [{ search: 'view jpg' }, null],
  [{ search: 'ab' }, null],
  [{ search: 'abc1', tags: ['tag-77'] }, 'media_files_search_idx'],
  [{ used: true }, null],
  [{ used: false }, null],
  [{ missingAltText: true }, 'media_files_missing_alt_text_idx'],
  [{ missingAltText: false }, null],
  [{ trashed: true }, 'media_files_trash_idx'],
  [{ trashed: null }, 'media_files_trash_idx'],
  [{ trashed: null, folder: 'folder-1/1' }, 'media_files_folder_idx'],
  [{ checksum: 'ab'.repeat(32) }, 'media_files_store_id_checksum_idx'],
  [{ fileSize: { min: 10, max: 400 } }, 'media_files_size_idx'],
  [{ createdAt: { to: new Date('2026-01-02') } }, 'media_files_library_idx'],
  [{ createdBy: ['user-0'] }, 'media_files_uploader_idx'],
  [{ createdBy: ['user-77', 'user-0'] }, null],
  [{ createdBy: ['nobody'] }, 'media_files_uploader_idx'],
];

test.each(filters)('finds files of %j without a scan of all files', async (filter, index) => {
  const nodes = await plansOf(() => page({ first: 50, filter }));
  expect(scansOf(nodes)).not.toContain('Seq Scan');
  if (!index) return;
  // Filters without an index may match most of the table; counting these is fastest by a scan.
  const counting = await plansOf(async () => (await page({ first: 1, filter })).totalCount());
  expect([...indexesOf(nodes), ...indexesOf(counting)]).toContain(index);
  for (const name of [...indexesOf(nodes), ...indexesOf(counting)]) used.add(name);
});

test('lists uploaders by the index, not by their files', async () => {
  const nodes = await plansOf(() => tests.library.uploaders(caller, {}));
  expect(scansOf(nodes)).toEqual(['Index Only Scan', 'Index Only Scan']);
  expect(indexesOf(nodes)).toEqual(new Set(['media_files_uploader_idx']));
});

test('a search and its count scan the index once', async () => {
  const nodes = await plansOf(async () => {
    const { totalCount } = await page({ first: 50, filter: { search: 'abc1' } }, true);
    await totalCount();
  });
  const scans = nodes.filter((node) => node['Index Name'] === 'media_files_search_idx');
  expect(scans).toHaveLength(1);
});

test.each([
  ['folders', () => tests.folders.list(caller)],
  ['tags', () => tests.library.tags(caller, { first: 100 })],
  ['all files', async () => (await page({ first: 1 })).totalCount()],
])('counts %s without reading the files', async (what, run) => {
  const nodes = await plansOf(run);
  // That of the page.
  expect(scansOf(nodes).length).toBeLessThanOrEqual(what === 'all files' ? 2 : 0);
});

// The trash is emptied by the index of its times.
test('every index is used by a page', async () => {
  const { rows } = await tests.store.pool.query<{ indexname: string }>(
    `SELECT indexname FROM pg_indexes WHERE tablename = 'media_files'
     AND indexname NOT IN ('media_files_pkey', 'media_files_trashed_at_idx')`,
  );
  expect(rows.map(({ indexname }) => indexname).filter((name) => !used.has(name))).toEqual([]);
});
