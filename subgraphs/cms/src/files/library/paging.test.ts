import { encodeCursor } from '@federated-media/subgraph-kit/pagination';
import { expect, test } from 'vitest';
import type { MediaLibraryOrderField } from '../../generated/graphql.ts';
import { cursorIn } from './order.ts';
import { type TestLibrary, callerOf, useTestLibrary } from './testing/library.ts';

let tests: TestLibrary;
useTestLibrary((opened) => {
  tests = opened;
});

const FIELDS = [
  'CREATED_AT',
  'UPDATED_AT',
  'ORIGINAL_FILENAME',
  'FILE_SIZE',
  'USAGE_COUNT',
  'TRASHED_AT',
] as const;

/** Pairs of files that differ only in their ids. */
async function addPairs(storeId: string, isTrashed = false): Promise<string[]> {
  const ids: string[] = [];
  for (const [index, name] of ['Éa', 'ea', 'b', 'B', 'c', 'Ç'].entries()) {
    const rank = Math.floor(index / 2);
    const moment = new Date(Date.UTC(2026, 0, 1) + rank);
    const columns = {
      created_at: moment,
      updated_at: moment,
      file_size: 9 + rank,
      usage_count: rank,
      trashed_at: isTrashed ? moment : null,
    };
    ids.push(await tests.add(storeId, { name, columns }));
  }
  return ids;
}

test.each(FIELDS)('sorts by %s in both directions, and by id for equal keys', async (field) => {
  const storeId = `by-${field}`;
  const isTrashed = field === 'TRASHED_AT';
  const ids = await addPairs(storeId, isTrashed);
  const [e, b, c] = [ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)].map((pair) => pair.toSorted());
  const rising = field === 'ORIGINAL_FILENAME' ? [b!, c!, e!].flat() : [e!, b!, c!].flat();
  const order = (direction: 'ASC' | 'DESC') => ({
    orderBy: { field, direction },
    filter: { trashed: isTrashed },
  });
  expect(await tests.idsOf(storeId, order('ASC'))).toEqual(rising);
  expect(await tests.idsOf(storeId, order('DESC'))).toEqual(rising.toReversed());
  expect(await tests.idsOf(storeId, { ...order('ASC'), last: 2 })).toEqual(rising.slice(-2));

  const page = await tests.library.page(callerOf(storeId), { ...order('ASC'), first: 2 });
  const after = page.pageInfo.endCursor;
  expect(await tests.idsOf(storeId, { ...order('ASC'), first: 3, after })).toEqual(
    rising.slice(2, 5),
  );
});

test.each(FIELDS)(
  'a counted search has the pages and cursors of an uncounted one: %s',
  async (field) => {
    const storeId = `counted-${field}`;
    const isTrashed = field === 'TRASHED_AT';
    const [first = ''] = await addPairs(storeId, isTrashed);
    const tag = `UPDATE media_files SET tags = '{shared}' WHERE store_id = $1`;
    await tests.store.pool.query(tag, [storeId]);
    await tests.store.pool.query('UPDATE media_files SET trashed_at = now() WHERE id = $1', [
      first,
    ]);
    const filter = { tags: ['shared'], trashed: isTrashed || null };
    for (const direction of ['ASC', 'DESC'] as const) {
      const orderBy = { field, direction };
      const all = await tests.library.page(callerOf(storeId), { filter, orderBy });
      expect(all.edges).toHaveLength(6);
      for (const { cursor } of all.edges) {
        for (const given of [
          { first: 2, after: cursor },
          { last: 2, before: cursor },
        ]) {
          const pageOf = (isCounted: boolean) =>
            tests.library.page(callerOf(storeId), { filter, orderBy, ...given }, { isCounted });
          const [apart, together] = await Promise.all([pageOf(false), pageOf(true)]);
          expect(together.edges).toEqual(apart.edges);
          expect(together.pageInfo).toEqual(apart.pageInfo);
          expect(await together.totalCount()).toBe(6);
        }
      }
    }
  },
);

test('the time of deletion orders only the trash', async () => {
  await tests.add('live');
  const orderBy = { field: 'TRASHED_AT', direction: 'DESC' } as const;
  tests.store.statements.length = 0;
  const filters = [null, {}, { trashed: false }, { trashed: null }];
  for (const given of [{}, ...filters.map((filter) => ({ filter }))]) {
    await expect(
      tests.library.page(callerOf('live'), { orderBy, ...given }),
      JSON.stringify(given),
    ).rejects.toMatchObject({
      message: 'TRASHED_AT orders only the trash: set filter.trashed to true.',
      extensions: { code: 'BAD_USER_INPUT', field: ['orderBy', 'field'] },
    });
  }
  expect(tests.store.statements).toEqual([]);
  expect(await tests.idsOf('live', { orderBy, filter: { trashed: true } })).toEqual([]);
});

test('knows what is before and after a page, also when files were removed', async () => {
  const ids = (await addPairs('sides')).toSorted();
  const page = (given: object) => tests.library.page(callerOf('sides'), given);
  const all = await page({});
  const [newest, oldest] = [all.edges[0]!.cursor, all.edges[5]!.cursor];
  const sides = async (given: object) => {
    const { pageInfo, nodes } = await page(given);
    return [nodes.length, pageInfo.hasPreviousPage, pageInfo.hasNextPage];
  };
  expect(await sides({ first: 6 })).toEqual([6, false, false]);
  expect(await sides({ first: 5 })).toEqual([5, false, true]);
  expect(await sides({ after: newest })).toEqual([5, true, false]);
  expect(await sides({ after: oldest })).toEqual([0, true, false]);
  expect(await sides({ last: 5 })).toEqual([5, true, false]);
  expect(await sides({ before: newest })).toEqual([0, false, true]);
  expect(await sides({ before: oldest })).toEqual([5, false, true]);

  await tests.store.pool.query('DELETE FROM media_files WHERE id = $1', [all.nodes[0]!.id]);
  expect(await sides({ after: newest })).toEqual([5, false, false]);
  await tests.store.pool.query('DELETE FROM media_files WHERE id = ANY ($1)', [ids]);
  expect(await sides({ after: oldest })).toEqual([0, false, false]);
  expect(await sides({ before: newest })).toEqual([0, false, false]);
});

test('a page is one statement; files are counted once, and only on request', async () => {
  await addPairs('statements');
  tests.store.statements.length = 0;
  const page = await tests.library.page(callerOf('statements'), { first: 2 });
  expect(page.nodes).toHaveLength(2);
  expect(tests.store.statements).toHaveLength(1);
  expect(await Promise.all([page.totalCount(), page.totalCount()])).toEqual([6, 6]);
  expect(tests.store.statements).toHaveLength(2);
});

test('other stores’ files are neither listed nor counted', async () => {
  await tests.add('other');
  const page = await tests.library.page(callerOf('another'), { filter: { trashed: null } });
  expect(page.nodes).toEqual([]);
  expect(await page.totalCount()).toBe(0);
});

const ID = '01890000-0000-7000-8000-000000000000';
const NOW = '2026-01-01T00:00:00.000Z';

test('rejects a cursor of another order without a statement', async () => {
  await tests.add('cursors');
  const { nodes, edges } = await tests.library.page(callerOf('cursors'), {});
  const file = nodes[0]!;
  const cursorOf = (field: MediaLibraryOrderField, direction: 'ASC' | 'DESC', changed = {}) =>
    cursorIn({ field, direction }, { ...file, ...changed });
  const cursor = edges[0]!.cursor;
  const parts: string[] = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  const wrong = [
    'nonsense',
    '',
    cursor.slice(0, -1),
    encodeCursor([NOW, ID]),
    encodeCursor(parts.with(2, NOW)),
    encodeCursor(parts.with(3, ID)),
    cursorOf('CREATED_AT', 'ASC'),
    ...FIELDS.slice(1).map((field) => cursorOf(field, 'DESC')),
    cursorOf('CREATED_AT', 'DESC', { id: 'no id' }),
    cursorOf('CREATED_AT', 'DESC', { createdAt: { toISOString: () => 'infinity' } }),
  ];
  tests.store.statements.length = 0;
  for (const name of ['after', 'before']) {
    for (const value of wrong) {
      await expect(
        tests.library.page(callerOf('cursors'), { [name]: value }),
        value,
      ).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field: [name] } });
    }
  }
  const ofTrash = {
    after: cursorOf('TRASHED_AT', 'DESC'),
    orderBy: { field: 'TRASHED_AT', direction: 'DESC' },
    filter: { trashed: true },
  } as const;
  await expect(tests.library.page(callerOf('cursors'), ofTrash)).rejects.toMatchObject({
    extensions: { field: ['after'] },
  });
  const forged = { USAGE_COUNT: { usageCount: 2 ** 31 }, FILE_SIZE: { fileSize: -1 } } as const;
  for (const field of ['USAGE_COUNT', 'FILE_SIZE'] as const) {
    const after = cursorOf(field, 'DESC', forged[field]);
    const orderBy = { field, direction: 'DESC' } as const;
    await expect(tests.library.page(callerOf('cursors'), { after, orderBy })).rejects.toMatchObject(
      { extensions: { field: ['after'] } },
    );
  }
  expect(tests.store.statements).toEqual([]);
});
