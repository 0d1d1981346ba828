import { repeatMigration } from '@federated-media/stack/testing/repeat-migration';
import { seededRandom } from '@federated-media/stack/testing/seeded-random';
import { newId } from '@federated-media/subgraph-kit/ids';
import { normalKey } from '@federated-media/subgraph-kit/normal-form';
import { searchFormSql } from '@federated-media/subgraph-kit/normal-form-sql';
import { expect, inject, test } from 'vitest';
import { type TestCatalog, callerOf, useTestCatalog } from './testing/catalog.ts';

const { seed, isThorough } = inject('random');

let catalog: TestCatalog;
useTestCatalog((opened) => {
  catalog = opened;
});

const migrate = () =>
  repeatMigration(catalog.database.pool, {
    subgraph: 'catalog',
    name: '20261129100000_normal_forms',
  });

/** Adds products as they were stored before there were normal forms, the oldest first. */
async function storeWith(skus: readonly string[], name = 'n') {
  const caller = callerOf(`store-${newId()}`);
  await catalog.database.pool.query(
    `INSERT INTO products (id, store_id, sku, name, created_at)
     SELECT gen_random_uuid(), $1, sku, $3, now() + place * interval '1 second'
     FROM unnest($2::text[]) WITH ORDINALITY AS skus (sku, place)`,
    [caller.storeId, skus, name],
  );
  const stored = async () => {
    const { rows } = await catalog.database.pool.query<{ sku: string }>(
      'SELECT sku FROM products WHERE store_id = $1 ORDER BY created_at',
      [caller.storeId],
    );
    return rows.map(({ sku }) => sku);
  };
  return { caller, stored, find: (sku: string) => catalog.products.find(caller, { sku }) };
}

test('SKUs and texts that exist get their normal form', async () => {
  const { stored, find } = await storeWith(['Cafe\u0301', 'A\u200B1', 'plain'], 'cre\u0300me');
  await migrate();
  expect(await stored()).toEqual(['Café', 'A1', 'plain']);
  expect(await find('Cafe\u0301')).toMatchObject({ sku: 'Café', name: 'crème', version: 1 });
});

test('of products whose SKUs become one, each is still found by what it was', async () => {
  const skus = ['A\u200B1', 'A1', 'e\u0301', '\u200Be\u0301', '\u200B'];
  const { stored, find, caller } = await storeWith(skus);
  await migrate();
  expect(await stored()).toEqual(['A\u200B1', 'A1', 'é', '\u200Be\u0301', '\u200B']);
  for (const sku of ['A\u200B1', 'A1', 'é', '\u200Be\u0301']) {
    expect(await find(sku)).toMatchObject({ sku });
  }
  expect(await find('A\u00AD1')).toMatchObject({ sku: 'A1' });
  expect(await find('e\u0301')).toMatchObject({ sku: 'é' });
  expect(await find('\u200B')).toBeNull();

  const { product } = await catalog.products.update(caller, {
    id: (await find('A\u200B1'))!.id,
    sku: 'A2',
  });
  expect(product).toMatchObject({ sku: 'A2' });
});

test('variants get their normal form, too', async () => {
  const { id, storeId } = await catalog.newProduct();
  await catalog.database.pool.query(
    `INSERT INTO product_variants (id, store_id, product_id, sku, name)
     SELECT gen_random_uuid(), $1, $2, sku, sku FROM unnest($3::text[]) AS sku`,
    [storeId, id, ['V\u00E9', 'Ve\u0301', 'W\u200B']],
  );
  await migrate();
  const { variants } = await catalog.read(id);
  expect(variants.map(({ sku }) => sku).toSorted()).toEqual(['Ve\u0301', 'V\u00E9', 'W']);
  expect(variants.map(({ name }) => name).toSorted()).toEqual(['V\u00E9', 'V\u00E9', 'W\u200B']);
});

test('the migration knows the same normal form as the code', async () => {
  const random = seededRandom(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const alphabet = [
    'a e 1 \u0301 \u0315 \u0300 \u20E3 \u{1F3F4} \u{E0067} \u{E007F} 👩 🎨 ☀ \u{1F3FD}',
    '\uFE0E \uFE0F \u200C \u200D \u200B \u00AD \u034F م ی خ ر ء \u0650 \u0654 क \u093C \u094D ষ \u09CD \u09DC \u0DCA',
  ]
    .flatMap((characters) => characters.split(' '))
    .concat(' ', '\u00A0');
  const skus = Array.from({ length: isThorough ? 100_000 : 5_000 }, () =>
    Array.from({ length: 1 + Math.floor(random() * 8) }, () => pick(alphabet))
      .join('')
      .trim(),
  ).filter((sku) => normalKey(sku) !== '');
  const distinct = [...new Map(skus.map((sku) => [normalKey(sku), sku])).values()];
  expect(distinct.map(normalKey).map(normalKey)).toEqual(distinct.map(normalKey));

  const { stored } = await storeWith(distinct);
  await migrate();
  expect(await stored()).toEqual(distinct.map(normalKey));
});

test('searches ignore what Unicode lists as invisible, and nothing else', async () => {
  // Planes 0, 1 and 14, without surrogates and NUL.
  const { rows } = await catalog.database.pool.query<{ code: number }>(
    `SELECT code FROM generate_series(1, 917504 + 4096) AS code
     WHERE (code < 55296 OR code BETWEEN 57344 AND 131071 OR code >= 917504)
       AND ${searchFormSql('chr(code)')} = ''`,
  );
  const invisible = /^\p{Default_Ignorable_Code_Point}$/u;
  const listed = Array.from({ length: 0x11_00_00 }, (_none, code) => code).filter((code) =>
    invisible.test(String.fromCodePoint(code)),
  );
  expect(rows.map(({ code }) => code)).toEqual(listed);
});
