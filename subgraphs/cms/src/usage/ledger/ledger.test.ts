import { newId } from '@federated-media/subgraph-kit/ids';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { type MediaStore, openMediaStore } from '../../files/media-file/testing/media-store.ts';
import { createUsageListRepository } from './list-repository.ts';
import { createUsageRepository } from './repository.ts';
import { type UsageService, createUsageService } from './service.ts';

const { seed, isThorough } = inject('random');

const shop = { subject: 's', storeId: 'ours', scopes: new Set<string>(), issuer: 'shop' };

let store: MediaStore;
let ledger: UsageService;
beforeAll(async () => {
  store = await openMediaStore();
  ledger = createUsageService({ usages: createUsageRepository({ pool: store.pool }) });
});
beforeEach(() => store.pool.query('TRUNCATE stores, media_files, uploads CASCADE'));
afterAll(() => store.close());

const claimOf = (mediaId: string, usageId: string, claimVersion = 1) => ({
  mediaId,
  usageId,
  claimVersion,
  entityType: 'Page',
  entityId: '7',
});
const addFiles = (count: number) =>
  Promise.all(Array.from({ length: count }, async () => (await store.addFile('ours')).id));
const countOf = async (id: string) => (await store.files.findFiles('ours', [id]))[0]?.usageCount;

async function active() {
  const { rows } = await store.pool.query<{ usage_id: string; media_id: string }>(
    'SELECT usage_id, media_id FROM media_usages WHERE active ORDER BY usage_id',
  );
  return rows.map(({ usage_id, media_id }) => [usage_id, media_id]);
}

/** Files whose count differs from the number of their active usages. */
async function wrongCounts() {
  const { rows } = await store.pool.query(
    `SELECT id, usage_count FROM media_files f WHERE usage_count <>
      (SELECT count(*) FROM media_usages u WHERE u.media_id = f.id AND active)`,
  );
  return rows;
}

test('a hundred claims need as many statements as one, and return files in their order', async () => {
  const ids = await addFiles(5);
  const claims = Array.from({ length: 100 }, (_, index) =>
    claimOf(ids[index % 5]!, `use ${index}`),
  );
  store.statements.length = 0;
  const { mediaFiles, userErrors } = await ledger.claim(shop, claims);
  expect(store.statements).toHaveLength(6);
  expect(userErrors).toEqual([]);
  expect(mediaFiles.map(({ id }) => id)).toEqual(claims.map(({ mediaId }) => mediaId));
  expect(mediaFiles.every(({ usageCount, version }) => usageCount === 20 && version === 1)).toBe(
    true,
  );

  store.statements.length = 0;
  expect(await ledger.release(shop, claims)).toEqual({ released: 100, userErrors: [] });
  expect(store.statements).toHaveLength(5);
  expect(await countOf(ids[0]!)).toBe(0);
});

test('late and repeated messages change nothing', async () => {
  const [one, other] = await addFiles(2);
  await ledger.release(shop, [{ mediaId: one!, usageId: 'early', claimVersion: 2 }]);
  const late = await ledger.claim(shop, [claimOf(one!, 'early', 1)]);
  expect(late.mediaFiles).toMatchObject([{ id: one, usageCount: 0 }]);
  await ledger.claim(shop, [claimOf(one!, 'u', 3)]);
  expect(await ledger.claim(shop, [claimOf(one!, 'u', 3)])).toMatchObject({
    mediaFiles: [{ usageCount: 1 }],
  });
  expect(await ledger.release(shop, [claimOf(one!, 'u', 2)])).toMatchObject({ released: 0 });
  await ledger.claim(shop, [claimOf(other!, 'u', 4)]);
  expect([await countOf(one!), await countOf(other!)]).toEqual([0, 1]);
  expect(await ledger.release(shop, [claimOf(one!, 'u', 4)])).toMatchObject({ released: 1 });
  expect(await ledger.release(shop, [claimOf(one!, 'u', 4)])).toMatchObject({ released: 0 });
  await ledger.claim(shop, [claimOf(other!, 'u', 4)]);
  expect(await active()).toEqual([]);
});

test('claims nothing if one of the files is unavailable', async () => {
  const [good, trashed, failed] = await addFiles(3);
  const { id: theirs } = await store.addFile('theirs');
  await store.pool.query('UPDATE media_files SET trashed_at = now() WHERE id = $1', [trashed]);
  await store.pool.query(`UPDATE media_files SET status = 'FAILED' WHERE id = $1`, [failed]);
  const wanted = [good!, trashed!, theirs, newId(), 'no id', failed!];
  const { mediaFiles, userErrors } = await ledger.claim(
    shop,
    wanted.map((id, index) => claimOf(id, `${index}`)),
  );
  expect(mediaFiles).toEqual([]);
  expect(userErrors.map(({ code, field }) => `${code} ${field?.join('.')}`)).toEqual([
    'NOT_FOUND input.1.mediaId',
    'NOT_FOUND input.2.mediaId',
    'NOT_FOUND input.3.mediaId',
    'NOT_FOUND input.4.mediaId',
    'INVALID input.5.mediaId',
  ]);
  expect(new Set(userErrors.slice(0, 4).map(({ message }) => message)).size).toBe(1);
  expect(await store.count('media_usages')).toBe(0);
  await ledger.release(shop, [claimOf(theirs, 'x'), claimOf('no id', 'y')]);
  expect(await store.count('media_usages')).toBe(0);
});

test('reports hostile input field by field, and rejects the gateway', async () => {
  const [id] = await addFiles(1);
  const bad = {
    ...claimOf(id!, '', -1),
    entityType: 'x'.repeat(256),
    entityId: 'a\0b',
    role: '\n',
    label: '',
    url: new URL('javascript:alert(1)'),
  };
  const { userErrors } = await ledger.claim(shop, [bad]);
  expect(userErrors.map(({ code, field }) => `${code} ${field?.[2]}`)).toEqual([
    'INVALID claimVersion',
    'INVALID usageId',
    'INVALID entityType',
    'INVALID entityId',
    'INVALID role',
    'INVALID label',
    'INVALID url',
  ]);
  const many = Array.from({ length: 501 }, (_, index) => claimOf(id!, `${index}`));
  await expect(ledger.claim(shop, many)).rejects.toThrow('Send at most 500 usages.');
  const gateway = { ...shop, issuer: 'gateway' };
  await expect(ledger.claim(gateway, [claimOf(id!, 'u')])).rejects.toThrow('service token');
  await expect(ledger.release(gateway, [claimOf(id!, 'u')])).rejects.toThrow('service token');
  expect(await store.count('media_usages')).toBe(0);
});

test('stores the newest message of each usage, in any order, repeated and concurrent', async () => {
  const files = await addFiles(3);
  const operation = fc.record({
    kind: fc.constantFrom('claim' as const, 'release' as const),
    use: fc.integer({ min: 0, max: 5 }),
    claimVersion: fc.integer({ min: 0, max: 6 }),
  });
  const calls = fc.array(fc.array(operation, { minLength: 1, maxLength: 6 }), { maxLength: 24 });
  await fc.assert(
    fc.asyncProperty(calls, async (batches) => {
      await store.pool.query('DELETE FROM media_usages');
      const fileOf = (use: number, version: number) => files[(use + version) % 3]!;
      await Promise.all(
        [...batches, ...batches.slice(0, 8)].map(async (batch) => {
          const of = (wanted: string) =>
            batch
              .filter(({ kind }) => kind === wanted)
              .map(({ use, claimVersion }) =>
                claimOf(fileOf(use, claimVersion), `${use}`, claimVersion),
              );
          await Promise.all([ledger.claim(shop, of('claim')), ledger.release(shop, of('release'))]);
        }),
      );
      const expected = [0, 1, 2, 3, 4, 5].flatMap((use) => {
        const all = batches.flat().filter((one) => one.use === use);
        const newest = Math.max(...all.map(({ claimVersion }) => claimVersion));
        const last = all.filter(({ claimVersion }) => claimVersion === newest);
        const isActive = last.length > 0 && last.every(({ kind }) => kind === 'claim');
        return isActive ? [[`${use}`, fileOf(use, newest)]] : [];
      });
      expect(await active()).toEqual(expected);
      expect(await wrongCounts()).toEqual([]);
    }),
    { seed, numRuns: isThorough ? 400 : 12 },
  );
});

test('of a claim and a deletion exactly one succeeds, and a purge ends every claim', async () => {
  for (const id of await addFiles(20)) {
    const client = await store.pool.connect();
    const deletion = (async () => {
      await client.query('BEGIN');
      const { rows } = await client.query(
        'SELECT usage_count FROM media_files WHERE id = $1 FOR UPDATE',
        [id],
      );
      const refused = rows[0].usage_count > 0;
      if (!refused)
        await client.query('UPDATE media_files SET trashed_at = now() WHERE id = $1', [id]);
      await client.query('COMMIT');
      client.release();
      return !refused;
    })();
    const [isDeleted, claimed] = await Promise.all([
      deletion,
      ledger.claim(shop, [claimOf(id, id)]),
    ]);
    expect(isDeleted).toBe(claimed.mediaFiles.length === 0);
    await Promise.all([
      store.pool.query('DELETE FROM media_files WHERE id = $1', [id]),
      ledger.claim(shop, [claimOf(id, id, 2)]),
      ledger.release(shop, [claimOf(id, id, 3)]),
    ]);
  }
  expect(await store.count('media_usages')).toBe(0);
  expect(await wrongCounts()).toEqual([]);
});

test('lists the usages of a file for its store only, newest first', async () => {
  const [id] = await addFiles(1);
  for (const usageId of ['a', 'b', 'c']) await ledger.claim(shop, [claimOf(id!, usageId)]);
  await ledger.release(shop, [claimOf(id!, 'b')]);
  const lists = createUsageListRepository({ pool: store.pool });
  const find = (storeId: string, limit: number) =>
    lists.findPages(storeId, [id!], { after: null, limit });
  const found = await find('ours', 100);
  expect(found).toHaveLength(2);
  expect(found[0]).toMatchObject({ mediaId: id, consumer: 'shop', entityType: 'Page', role: null });
  expect(await find('ours', 1)).toEqual(found.slice(0, 1));
  expect(await find('theirs', 100)).toEqual([]);
});

test('what people call the user of a file is replaced by a newer claim only', async () => {
  const [id] = await addFiles(1);
  const named = (claimVersion: number, label: string | null, url: string | null) => ({
    ...claimOf(id!, 'named', claimVersion),
    label,
    url: url === null ? null : new URL(url),
  });
  const lists = createUsageListRepository({ pool: store.pool });
  const read = async () => {
    const [usage] = await lists.findPages('ours', [id!], { after: null, limit: 1 });
    return [usage?.label, usage?.url];
  };
  await ledger.claim(shop, [named(2, 'Page: Lamp', 'https://shop.example/lamp')]);
  expect(await read()).toEqual(['Page: Lamp', 'https://shop.example/lamp']);
  await ledger.claim(shop, [named(1, 'Page: Old lamp', null)]);
  expect(await read()).toEqual(['Page: Lamp', 'https://shop.example/lamp']);
  await ledger.claim(shop, [named(3, null, null)]);
  expect(await read()).toEqual([null, null]);
});

test('deletes usages that were released long ago, but no active ones', async () => {
  const [id] = await addFiles(1);
  await ledger.claim(shop, [claimOf(id!, 'kept'), claimOf(id!, 'gone'), claimOf(id!, 'fresh')]);
  await ledger.release(shop, [claimOf(id!, 'gone'), claimOf(id!, 'fresh')]);
  await store.pool.query(
    `UPDATE media_usages SET released_at = now() - interval '1 day' WHERE usage_id = 'gone'`,
  );
  expect(await createUsageRepository({ pool: store.pool }).forgetReleased(3600)).toBe(1);
  expect(await store.count('media_usages')).toBe(2);
  expect(await countOf(id!)).toBe(1);
});
