import { expect, inject, test } from 'vitest';
import { type TestCatalog, caller, given, useTestCatalog } from '../testing/catalog.ts';

// What the CMS shows of the products that use a file.
let catalog: TestCatalog;
useTestCatalog((opened) => {
  catalog = opened;
  catalog.media.start();
});

const rename = (id: string, name: string) => catalog.products.update(caller, { id, name });
const labelOf = (usageId: string) => catalog.cms.ledger.get(usageId)?.label;

test('usages are claimed with the name of the product, those of its variants too', async () => {
  const { id, variants } = await catalog.newProduct({ variants: ['red'] });
  const main = await catalog.attachNew(id, 'MAIN_IMAGE');
  const ofVariant = await catalog.attachNew(id, 'VARIANT', given(variants[0]).id);
  expect([main, ofVariant].map(({ usageId }) => labelOf(usageId))).toEqual([
    'Product: A product',
    'Product: A product',
  ]);
  const { product } = await rename(id, ' Reading lamp ');
  expect(product?.name).toBe('Reading lamp');
  expect([main, ofVariant].map(({ usageId }) => labelOf(usageId))).toEqual([
    'Product: Reading lamp',
    'Product: Reading lamp',
  ]);
});

test('a name with a tab, which the CMS rejects in labels, does not prevent a claim', async () => {
  const { id } = await catalog.newProduct();
  await rename(id, 'Reading\tlamp');
  expect(labelOf((await catalog.attachNew(id)).usageId)).toBe('Product: Reading lamp');
});

test('a product that is renamed during a claim: the new usage gets the new name', async () => {
  const { id } = await catalog.newProduct();
  const mediaId = catalog.cms.add();
  catalog.cms.state.whileClaiming = async () => {
    catalog.cms.state.whileClaiming = null;
    await rename(id, 'Reading lamp');
  };
  const { productMedia } = await catalog.productMedia.attach(caller, { productId: id, mediaId });
  const usage = given((await catalog.read(id)).usages[0]);
  expect(usage).toMatchObject({ id: productMedia?.id, claimVersion: 2 });
  await expect.poll(() => labelOf(usage.id)).toBe('Product: Reading lamp');
  expect(catalog.cms.ledger.get(usage.id)?.claimVersion).toBe(2);
});

test('a new usage type keeps the name, and a rename keeps the usage type', async () => {
  const { id } = await catalog.newProduct();
  const { usageId } = await catalog.attachNew(id);
  await Promise.all([
    rename(id, 'Reading lamp'),
    catalog.productMedia.update(caller, { id: usageId, usageType: 'THUMBNAIL' }),
  ]);
  await expect.poll(() => catalog.cms.ledger.get(usageId)?.claimVersion).toBe(3);
  expect(catalog.cms.ledger.get(usageId)).toMatchObject({
    label: 'Product: Reading lamp',
    role: 'THUMBNAIL',
  });
});

test('after concurrent renames, attachments and changes, every usage has the latest name, role and version', async () => {
  const { seed, isThorough } = inject('random');
  let state = seed >>> 0 || 1;
  const below = (limit: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const types = ['GALLERY', 'THUMBNAIL', 'MAIN_IMAGE'] as const;

  for (let round = 0; round < (isThorough ? 200 : 20); round += 1) {
    const { id } = await catalog.newProduct();
    for (let made = 0; made < 4; made += 1) await catalog.attachNew(id);
    const { usages } = await catalog.read(id);
    const any = () => given(usages[below(usages.length)]);
    const steps = [
      () => rename(id, `Name ${below(1_000)}`),
      () => catalog.attachNew(id),
      () => catalog.attachNew(id, 'MAIN_IMAGE'),
      () => catalog.productMedia.setMainImage(caller, { productId: id, mediaId: any().mediaId }),
      () => catalog.productMedia.detach(caller, { productId: id, mediaId: any().mediaId }),
      () =>
        catalog.productMedia.update(caller, { id: any().id, usageType: given(types[below(3)]) }),
      () =>
        catalog.productMedia.reorder(caller, {
          productId: id,
          moves: [{ id: any().id, newPosition: below(4) }],
        }),
    ];
    const chosen = Array.from({ length: 8 }, () => given(steps[below(steps.length)]));
    await Promise.all([...chosen, () => rename(id, 'Last')].map((step) => step()));
    await expect.poll(unsent).toBe(0);

    const product = await catalog.read(id);
    const shown = product.usages.map(({ id: usageId }) => catalog.cms.ledger.get(usageId));
    expect(shown).toMatchObject(
      product.usages.map(({ claimVersion, usageType }) => ({
        active: true,
        claimVersion,
        role: usageType,
        label: `Product: ${product.name}`,
      })),
    );
  }
});

async function unsent(): Promise<number> {
  const statement = 'SELECT count(*)::int AS count FROM usage_outbox';
  const { rows } = await catalog.database.pool.query<{ count: number }>(statement);
  return given(rows[0]).count;
}
