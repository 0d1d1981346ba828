import { newId } from '@federated-media/subgraph-kit/ids';
import { encodeCursor, readPageRequest } from '@federated-media/subgraph-kit/pagination';
import { expect, test } from 'vitest';
import type { ProductFilter } from '../generated/graphql.ts';
import {
  type TestCatalog,
  callerOf,
  given,
  otherCaller,
  useTestCatalog,
} from '../testing/catalog.ts';

let catalog: TestCatalog;
useTestCatalog((opened) => {
  catalog = opened;
});

/** A store with products of these names, the newest last; two of them have the same time of creation. */
async function storeWith(names: readonly string[]) {
  const caller = callerOf(`store-${newId()}`);
  for (const [index, name] of names.entries()) {
    const { product } = await catalog.products.create(caller, { sku: `SKU-${index}`, name });
    const second = String(Math.max(index, 1)).padStart(2, '0');
    await catalog.database.pool.query('UPDATE products SET created_at = $2 WHERE id = $1', [
      given(product).id,
      `2026-11-23T09:00:${second}.123Z`,
    ]);
  }
  const list = (page: Parameters<typeof readPageRequest>[0], filter: ProductFilter = {}) =>
    catalog.products.list(caller, readPageRequest(page), { filter });
  const namesOf = async (filter: ProductFilter) =>
    (await list({}, filter)).nodes.map(({ name }) => name);
  return { caller, list, namesOf };
}

test.each([
  ['garbage', 'garbage'],
  ['too few parts', encodeCursor([newId()])],
  ['no moment', encodeCursor(['yesterday', newId()])],
  ['another spelling of a moment', encodeCursor(['2026-11-23', newId()])],
  ['a year PostgreSQL does not know', encodeCursor(['0000-01-01T00:00:00.000Z', newId()])],
  ['no id', encodeCursor(['2026-11-23T09:00:00.000Z', 'x'])],
])('rejects a cursor with %s', async (_what, cursor) => {
  const { list } = await storeWith([]);
  for (const name of ['after', 'before']) {
    await expect(list({ [name]: cursor })).rejects.toMatchObject({
      extensions: { code: 'BAD_USER_INPUT', field: [name] },
    });
  }
});

test('a store without products has an empty page', async () => {
  const { list } = await storeWith([]);
  const { edges, pageInfo, totalCount } = await list({});
  expect(edges).toEqual([]);
  expect(pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false, endCursor: null });
  expect(await totalCount()).toBe(0);
});

test('pages in both directions show every product once, newest first', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const { list } = await storeWith(names);
  const newestFirst = (await list({ first: 100 })).nodes.map(({ name }) => name);
  expect(newestFirst.slice(0, 5)).toEqual(['g', 'f', 'e', 'd', 'c']);
  expect(newestFirst.slice(5).toSorted()).toEqual(['a', 'b']);

  const forward: string[] = [];
  let page = await list({ first: 3 });
  for (;;) {
    forward.push(...page.nodes.map(({ name }) => name));
    if (!page.pageInfo.hasNextPage) break;
    page = await list({ first: 3, after: page.pageInfo.endCursor });
  }
  expect(forward).toEqual(newestFirst);
  expect(page.pageInfo).toMatchObject({ hasPreviousPage: true });

  const backward: string[] = [];
  page = await list({ last: 3 });
  for (;;) {
    backward.unshift(...page.nodes.map(({ name }) => name));
    if (!page.pageInfo.hasPreviousPage) break;
    page = await list({ last: 3, before: page.pageInfo.startCursor });
  }
  expect(backward).toEqual(newestFirst);
});

test('pages stay correct while products are added and deleted', async () => {
  const { caller, list } = await storeWith(['a', 'b', 'c', 'd']);
  const { pageInfo, nodes } = await list({ first: 2 });
  await catalog.products.create(caller, { sku: 'new', name: 'new' });
  await catalog.products.delete(caller, { id: given(nodes[1]).id });
  const next = await list({ first: 2, after: pageInfo.endCursor });
  expect(next.nodes.map(({ name }) => name).toSorted()).toEqual(['a', 'b']);
});

test('neither lists nor counts products of other stores', async () => {
  const { caller } = await storeWith(['a']);
  const { nodes, totalCount } = await catalog.products.list(otherCaller, readPageRequest({}), {
    filter: {},
  });
  expect(nodes.filter(({ storeId }) => storeId === caller.storeId)).toEqual([]);
  expect(await totalCount()).toBe(nodes.length);
});

test('searches for literal parts of name and SKU, ignoring case', async () => {
  const { namesOf, list } = await storeWith([
    '100% Wool',
    '1000 Wools',
    'École_bag',
    'a\\b',
    'EcoleXbag',
  ]);
  expect(await namesOf({ search: '0%' })).toEqual(['100% Wool']);
  expect(await namesOf({ search: 'e_b' })).toEqual(['École_bag']);
  expect(await namesOf({ search: 'éCOLE' })).toEqual(['École_bag']);
  expect(await namesOf({ search: '\\' })).toEqual(['a\\b']);
  expect(await namesOf({ search: 'sku-4' })).toEqual(['EcoleXbag']);
  expect(await namesOf({ search: 'nothing' })).toEqual([]);
  expect(await namesOf({ search: 'a\0b' })).toEqual([]);
  expect(await namesOf({ search: '' })).toHaveLength(5);
  expect(await namesOf({ search: null })).toHaveLength(5);
  await expect(namesOf({ search: 'x'.repeat(256) })).rejects.toThrow('255');
  expect(await (await list({ first: 1 }, { search: 'wool' })).totalCount()).toBe(2);
});

test('finds a name however its characters are spelled', async () => {
  const { namesOf } = await storeWith([
    'Café crème',
    'Zauber\u00ADberg',
    'می\u200Cخواهم',
    'ﬁne ＦＵＬＬ',
    'Lampe\u00A0: 3',
  ]);
  for (const search of ['café', 'CAFÉ', 'cafe\u0301', 'CAFE\u0301 C', 'ca\u200Bfé']) {
    expect(await namesOf({ search }), search).toEqual(['Café crème']);
  }
  expect(await namesOf({ search: 'cafe' })).toEqual([]);
  expect(await namesOf({ search: 'zauberberg' })).toEqual(['Zauber\u00ADberg']);
  expect(await namesOf({ search: 'میخواهم' })).toEqual(['می\u200Cخواهم']);
  expect(await namesOf({ search: 'fine full' })).toEqual(['ﬁne ＦＵＬＬ']);
  expect(await namesOf({ search: 'lampe : 3' })).toEqual(['Lampe\u00A0: 3']);
  expect(await namesOf({ search: '\u200B' })).toHaveLength(5);
});

test('finds products by a missing main image and by a file that they use', async () => {
  const { caller, list, namesOf } = await storeWith(['bare', 'shown', 'gallery only']);
  const { nodes } = await list({});
  const idOf = (name: string) => given(nodes.find((node) => node.name === name)).id;
  const mediaId = catalog.cms.add({}, caller.storeId);
  const attach = (name: string, usageType: 'MAIN_IMAGE' | 'GALLERY') =>
    catalog.productMedia.attach(caller, { productId: idOf(name), mediaId, usageType });
  await attach('shown', 'MAIN_IMAGE');
  await attach('gallery only', 'GALLERY');

  expect(await namesOf({ missingMainImage: true })).toEqual(['gallery only', 'bare']);
  expect(await namesOf({ missingMainImage: false })).toHaveLength(3);
  expect(await namesOf({ usesMediaId: mediaId.toUpperCase() })).toEqual(['gallery only', 'shown']);
  expect(await namesOf({ usesMediaId: mediaId, missingMainImage: true })).toEqual(['gallery only']);
  expect(await namesOf({ usesMediaId: newId() })).toEqual([]);
  expect(await namesOf({ usesMediaId: 'not an id' })).toEqual([]);
  expect(await (await list({}, { usesMediaId: 'not an id' })).totalCount()).toBe(0);
  expect(await (await list({ first: 1 }, { usesMediaId: mediaId })).totalCount()).toBe(2);
});
