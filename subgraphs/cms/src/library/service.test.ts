import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { encodeCursor } from '@federated-media/subgraph-kit/pagination';
import { type MediaStore, openMediaStore } from '../media-file/testing/media-store.ts';
import { createLibraryRepository } from './repository.ts';
import { type LibraryService, createLibraryService } from './service.ts';

const ours = { subject: 'someone', storeId: 'ours', scopes: new Set<string>(), issuer: 'gateway' };

let store: MediaStore;
let library: LibraryService;
beforeAll(async () => {
  store = await openMediaStore();
  library = createLibraryService({ library: createLibraryRepository({ pool: store.pool }) });
});
beforeEach(() => store.pool.query('TRUNCATE stores, media_files, uploads CASCADE'));
afterAll(() => store.close());

/** Adds files of ages that come in pairs, oldest first, and answers with their ids, newest first. */
async function addFiles(count: number): Promise<string[]> {
  for (let index = 0; index < count; index += 1) {
    const { id } = await store.addFile('ours');
    const createdAt = new Date(Date.UTC(2026, 0, 1) + Math.floor(index / 2));
    await store.pool.query('UPDATE media_files SET created_at = $2 WHERE id = $1', [id, createdAt]);
  }
  const { rows } = await store.pool.query(
    'SELECT id FROM media_files ORDER BY created_at DESC, id DESC',
  );
  return rows.map(({ id }) => id);
}

async function readAll(first: number, between: () => Promise<unknown> = async () => {}) {
  const seen: string[] = [];
  let after: string | null = null;
  for (;;) {
    const { nodes, pageInfo } = await library.page(ours, { first, after });
    seen.push(...nodes.map(({ id }) => id));
    if (!pageInfo.hasNextPage) return seen;
    after = pageInfo.endCursor;
    await between();
  }
}

test('page by page every file is seen once, newest first', async () => {
  const ids = await addFiles(7);
  expect(await readAll(3)).toEqual(ids);
  expect(await readAll(1)).toEqual(ids);
});

test('files that come and go between two pages neither hide nor repeat others', async () => {
  const ids = await addFiles(6);
  const seen = await readAll(2, async () => {
    await store.addFile('ours');
    await store.pool.query('DELETE FROM media_files WHERE id = $1', [ids[1]]);
  });
  expect(seen).toEqual(ids);
});

test('the trash and other stores are not in it', async () => {
  const [trashed, kept] = await addFiles(2);
  await store.addFile('theirs');
  await store.pool.query('UPDATE media_files SET trashed_at = now() WHERE id = $1', [trashed]);
  const page = await library.page(ours, {});
  expect(page.nodes.map(({ id }) => id)).toEqual([kept]);
  expect(await page.totalCount()).toBe(1);
});

test('a page is one statement, and files are counted only when somebody asks', async () => {
  await addFiles(3);
  store.statements.length = 0;
  const page = await library.page(ours, { first: 2 });
  expect(page.nodes).toHaveLength(2);
  expect(store.statements).toHaveLength(1);
  expect(await page.totalCount()).toBe(3);
  expect(store.statements).toHaveLength(2);
});

test('an empty library has an empty page', async () => {
  expect((await library.page(ours, {})).pageInfo).toEqual({
    hasNextPage: false,
    hasPreviousPage: false,
    startCursor: null,
    endCursor: null,
  });
});

test.each([
  'nonsense',
  encodeCursor(['2026-01-01T00:00:00.000Z']),
  encodeCursor(['2026-01-01T00:00:00.000Z', 'no id']),
  encodeCursor(['yesterday', '01890000-0000-7000-8000-000000000000']),
  encodeCursor(['infinity', '01890000-0000-7000-8000-000000000000']),
  encodeCursor(['+275760-09-13T00:00:00.000Z', '01890000-0000-7000-8000-000000000000']),
  encodeCursor(['0000-01-01T00:00:00.000Z', '01890000-0000-7000-8000-000000000000']),
])('the cursor %j never reaches the database', async (after) => {
  store.statements.length = 0;
  await expect(library.page(ours, { after })).rejects.toMatchObject({
    extensions: { code: 'BAD_USER_INPUT' },
  });
  expect(store.statements).toEqual([]);
});
