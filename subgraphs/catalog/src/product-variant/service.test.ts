import { newId } from '@federated-media/subgraph-kit/ids';
import { expect, test } from 'vitest';
import {
  type TestCatalog,
  caller,
  given,
  rejectionOf,
  otherCaller,
  useTestCatalog,
  usagesOf,
} from '../testing/catalog.ts';

let catalog: TestCatalog;
useTestCatalog((opened) => {
  catalog = opened;
});

test('variants need a product of the store, a SKU and a name', async () => {
  const { id } = await catalog.newProduct();
  const create = async (input: { productId?: string; sku?: string; name?: string }, who = caller) =>
    rejectionOf(
      await catalog.variants.create(who, { productId: id, sku: newId(), name: 'Red', ...input }),
    );
  expect(await create({ productId: newId() })).toEqual(['NOT_FOUND input.productId']);
  expect(await create({ productId: 'x' })).toEqual(['NOT_FOUND input.productId']);
  expect(await create({}, otherCaller)).toEqual(['NOT_FOUND input.productId']);
  expect(await create({ sku: ' ' })).toEqual(['INVALID input.sku']);
  expect(await create({ sku: 'x'.repeat(65) })).toEqual(['INVALID input.sku']);
  expect(await create({ name: '' })).toEqual(['INVALID input.name']);
  expect(await create({ name: 'x'.repeat(256) })).toEqual(['INVALID input.name']);
  expect((await catalog.read(id)).variants).toEqual([]);
});

test('variants are in the order of their creation', async () => {
  const { id, variants } = await catalog.newProduct({ variants: ['red', 'blue', 'green'] });
  expect(variants.map(({ name }) => name)).toEqual(['red', 'blue', 'green']);
  expect((await catalog.read(id)).variants).toEqual(variants);
});

test('a variant’s SKU is unique within its store, not across stores', async () => {
  const [one, other] = [await catalog.newProduct(), await catalog.newProduct()];
  const theirs = given(
    (await catalog.products.create(otherCaller, { sku: 's', name: 'n' })).product,
  );
  const sku = newId();
  const create = async (productId: string, who = caller) =>
    rejectionOf(await catalog.variants.create(who, { productId, sku, name: 'Red' }));
  expect(await create(one.id)).toEqual([]);
  expect(await create(one.id)).toEqual(['SKU_TAKEN input.sku']);
  expect(await create(other.id)).toEqual(['SKU_TAKEN input.sku']);
  expect(await create(theirs.id, otherCaller)).toEqual([]);
  expect((await catalog.read(other.id)).variants).toEqual([]);
});

test('a variant’s SKU has one form, however its characters are spelled', async () => {
  const { id } = await catalog.newProduct();
  const sku = `é${newId()}`;
  const create = (spelling: string) =>
    catalog.variants.create(caller, { productId: id, sku: spelling, name: 'Cre\u0300me' });
  expect((await create(sku.normalize('NFD'))).product?.variants).toMatchObject([
    { sku, name: 'Crème' },
  ]);
  for (const spelling of [sku, sku.normalize('NFD'), `${sku}\u200B`]) {
    expect(rejectionOf(await create(spelling))).toEqual(['SKU_TAKEN input.sku']);
  }
});

test('of ten concurrent requests to create the same variant one succeeds', async () => {
  const { id } = await catalog.newProduct();
  const input = { productId: id, sku: newId(), name: 'Red' };
  const results = await Promise.all(
    Array.from({ length: 10 }, () => catalog.variants.create(caller, input)),
  );
  expect(results.flatMap(rejectionOf)).toEqual(Array(9).fill('SKU_TAKEN input.sku'));
  expect((await catalog.read(id)).variants).toHaveLength(1);
});

test('a product has at most 250 variants, even with concurrent requests', async () => {
  const { id } = await catalog.newProduct();
  await catalog.database.pool.query(
    `INSERT INTO product_variants (id, store_id, product_id, sku, name)
     SELECT gen_random_uuid(), $1, $2, 'many-' || n, 'Many' FROM generate_series(1, 248) n`,
    [caller.storeId, id],
  );
  const results = await Promise.all(
    ['a', 'b', 'c', 'd'].map((sku) =>
      catalog.variants.create(caller, { productId: id, sku: `last-${sku}`, name: 'Last' }),
    ),
  );
  expect(results.flatMap(rejectionOf)).toEqual(Array(2).fill('INVALID input.productId'));
  expect((await catalog.read(id)).variants).toHaveLength(250);
});

test('deleting a variant removes its usages of files and closes the gaps', async () => {
  const { id, variants } = await catalog.newProduct({ variants: ['red', 'blue'] });
  const [red, blue] = variants.map((variant) => variant.id);
  await catalog.attachNew(id, 'VARIANT', red);
  const staysFirst = await catalog.attachNew(id, 'VARIANT', blue);
  await catalog.attachNew(id, 'SWATCH', red);
  const swatch = await catalog.attachNew(id, 'SWATCH');
  await catalog.attachNew(id, 'VARIANT', red);
  const staysSecond = await catalog.attachNew(id, 'VARIANT', blue);

  const { product } = await catalog.variants.delete(caller, { id: given(red) });
  const stored = await catalog.read(id);
  expect(product).toEqual(stored);
  expect(stored.variants.map((variant) => variant.id)).toEqual([blue]);
  expect(usagesOf(stored)).toEqual([
    `VARIANT 0 ${staysFirst.mediaId}`,
    `VARIANT 1 ${staysSecond.mediaId}`,
    `SWATCH 0 ${swatch.mediaId}`,
  ]);
  expect(stored.version).toBe(1);
});

test('deletes no unknown or foreign variant, and none twice', async () => {
  const { id, variants } = await catalog.newProduct({ variants: ['red'] });
  const variantId = given(variants[0]).id;
  for (const unknown of [newId(), 'x', id]) {
    const refused = await catalog.variants.delete(caller, { id: unknown });
    expect(rejectionOf(refused)).toEqual(['NOT_FOUND input.id']);
  }
  const refused = await catalog.variants.delete(otherCaller, { id: variantId });
  expect(rejectionOf(refused)).toEqual(['NOT_FOUND input.id']);
  const results = await Promise.all(
    [1, 2].map(() => catalog.variants.delete(caller, { id: variantId })),
  );
  expect(results.flatMap(rejectionOf)).toEqual(['NOT_FOUND input.id']);
});
