import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { newId } from '@federated-media/subgraph-kit/ids';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawJpeg } from '../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../files/media-file/testing/running-cms.ts';
import { openDiskStorage } from '../disk-storage.ts';
import { createUpkeepRepository } from './repository.ts';
import { createSweeper } from './sweeper.ts';
import { createTrashEmptier } from '../../files/trash/trash-emptier.ts';
import { type Progress, verifyStorage } from './verify.ts';

let cms: RunningCms;
beforeAll(async () => {
  cms = await runCms();
});
afterAll(() => cms.close());

const pathOf = (key: string) => join(cms.folder, 'objects', key);
const storage = () => openDiskStorage({ root: pathOf('') });
const objects = () => createUpkeepRepository(cms.store);

async function put(key: string, hoursAgo = 48) {
  const path = pathOf(key);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, 'debris');
  await grow(key, hoursAgo);
}
async function grow(key: string, hoursAgo: number) {
  const at = new Date(Date.now() - hoursAgo * 3_600_000);
  await utimes(pathOf(key), at, at);
}
async function keyOf(id: string): Promise<string> {
  const values = [id];
  const { rows } = await cms.store.pool.query<{ file_path: string }>(
    'SELECT file_path FROM media_files WHERE id = $1',
    values,
  );
  return rows[0]!.file_path;
}
async function sweep(dryRun = false) {
  const sweeper = createSweeper({ objects: objects(), storage: storage() });
  const keys: string[] = [];
  for await (const { key } of sweeper.sweep({ graceHours: 24, dryRun })) keys.push(key);
  return keys.toSorted();
}
async function verify(checksums = false) {
  const found: Progress[] = [];
  for await (const progress of verifyStorage({ objects: objects(), storage: storage(), checksums }))
    if ('fault' in progress) found.push(progress);
  return found;
}

test('sweep removes old unreferenced objects and nothing else', async () => {
  const { mediaFile } = await cms.upload(await drawJpeg());
  const kept = await keyOf(mediaFile.id);
  await grow(kept, 48);
  const underWay = newId();
  await cms.store.reservations.reserve({ id: underWay, storeId: 'ours' });
  await put(`ours/${underWay}/1-a.jpg`);
  await put(`ours/${newId()}/1-young.jpg`, 23);
  const debris = [
    `ours/${newId()}/1-a.jpg`,
    `ours/${mediaFile.id}/9-a.jpg`,
    'stray.bin',
  ].toSorted();
  for (const key of debris) await put(key);

  expect(await sweep(true)).toEqual(debris);
  const before = (await readdir(pathOf(''), { recursive: true })).length;
  expect(await sweep()).toEqual(debris);
  expect(await sweep()).toEqual([]);
  expect((await readdir(pathOf(''), { recursive: true })).length).toBeLessThan(before);
  expect((await fetch(mediaFile.url)).ok).toBe(true);
});

test('sweep keeps an object that is referenced again between listing and delete', async () => {
  const id = newId();
  await put(`ours/${id}/1-a.jpg`);
  await cms.store.reservations.reserve({ id, storeId: 'ours' });
  const repository = objects();
  let asked = 0;
  const sweeper = createSweeper({
    objects: {
      ...repository,
      findUnreferenced: async (keys) =>
        (asked += 1) === 1 ? [...keys] : repository.findUnreferenced(keys),
    },
    storage: storage(),
  });
  const swept = await Array.fromAsync(sweeper.sweep({ graceHours: 24, dryRun: false }));
  expect(asked).toBeGreaterThan(1);
  expect(swept).toEqual([]);
  expect(await storage().stat(`ours/${id}/1-a.jpg`)).not.toBeNull();
});

test('verify reports every difference between rows and objects', async () => {
  await cms.store.pool.query('TRUNCATE stores, media_files, uploads CASCADE');
  await rm(pathOf(''), { recursive: true, force: true });
  const keys: string[] = [];
  for (let count = 0; count < 4; count += 1)
    keys.push(await keyOf((await cms.upload(await drawJpeg())).mediaFile.id));
  expect(await verify(true)).toEqual([]);

  const [missing, shorter, altered] = keys;
  await rm(pathOf(missing!));
  await writeFile(pathOf(shorter!), 'short');
  const size = (await storage().stat(altered!))!.byteSize;
  await writeFile(pathOf(altered!), 'x'.repeat(size));
  const orphan = `ours/${newId()}/1-a.jpg`;
  await put(orphan, 5);

  const found = await verify();
  expect(found).toHaveLength(3);
  expect(found).toEqual(
    expect.arrayContaining([
      { fault: 'missing', key: missing, detail: expect.stringContaining('content 1 of file') },
      { fault: 'size', key: shorter, detail: expect.stringContaining('5 bytes instead of') },
      { fault: 'unreferenced', key: orphan, detail: '6 bytes, 5 hours old' },
    ]),
  );
  expect(await verify(true)).toContainEqual(
    expect.objectContaining({ fault: 'checksum', key: altered }),
  );
});

test('purges by age only files that were in the trash for longer, in batches, of every store', async () => {
  const files = await Promise.all(
    Array.from({ length: 130 }, (_, index) => cms.store.addFile(index % 2 ? 'ours' : 'theirs')),
  );
  const [kept, young] = await Promise.all([cms.store.addFile('ours'), cms.store.addFile('ours')]);
  const trash = `UPDATE media_files SET trashed_at = now() - make_interval(days => $2) WHERE id = ANY($1)`;
  const ids = files.map(({ id }) => id);
  await cms.store.pool.query(trash, [ids, 31]);
  await cms.store.pool.query(trash, [[young.id], 29]);

  const emptier = createTrashEmptier(cms.store);
  expect(await emptier.countOlderThan(30)).toBe(130);
  expect(await emptier.purgeOlderThan(30)).toBe(130);
  expect(await emptier.purgeOlderThan(30)).toBe(0);
  const left = await cms.store.files.findFiles('ours', [...ids, kept.id, young.id]);
  expect(left.map(({ id }) => id).toSorted()).toEqual([kept.id, young.id].toSorted());
  const { rows } = await cms.store.pool.query(
    `SELECT DISTINCT actor FROM audit_entries WHERE action = 'purged' AND media_id = ANY($1)`,
    [ids],
  );
  expect(rows).toEqual([{ actor: 'system' }]);
});
