import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/folder.ts';
import { storageContract } from '../testing/storage-contract.ts';
import { openDiskStorage } from './disk-storage.ts';

storageContract('disk', async () => {
  const folder = await temporaryFolder();
  return { storage: openDiskStorage({ root: join(folder, 'made', 'later') }) };
});

async function setUp() {
  const folder = await temporaryFolder();
  const staged = join(folder, 'staged');
  await writeFile(staged, 'bytes');
  const root = join(folder, 'objects');
  return { root, staged, storage: openDiskStorage({ root }) };
}

test('removes a folder with its last object, but keeps the root', async () => {
  const { storage, staged, root } = await setUp();
  await storage.publish('store/file/1', staged);
  await storage.delete('store/file/1');
  expect(await readdir(root)).toEqual([]);
});

test('keeps a folder that is in use', async () => {
  const { storage, staged, root } = await setUp();
  await storage.publish('store/file/1', staged);
  await storage.delete('store/file/2');
  await storage.delete('store/other/1');
  expect(await readdir(root, { recursive: true })).toEqual(['store', 'store/file', 'store/file/1']);
});

test('creates nothing when it deletes or lists before the first publish', async () => {
  const { storage, root } = await setUp();
  await storage.delete('store/file/1');
  expect(await Array.fromAsync(storage.list(''))).toEqual([]);
  await expect(readdir(root)).rejects.toThrow('ENOENT');
});

test('rejects a key below an existing object instead of replacing the object', async () => {
  const { storage, staged, root } = await setUp();
  await storage.publish('a', staged);
  await writeFile(`${staged}2`, 'more');
  await expect(storage.publish('a/b', `${staged}2`)).rejects.toThrow();
  expect(await readdir(root)).toEqual(['a']);
});

test.runIf(process.platform === 'linux')(
  'closes the file of a stream that is destroyed before its end',
  async () => {
    const { storage, staged } = await setUp();
    await writeFile(staged, Buffer.alloc(2 ** 20));
    await storage.publish('a', staged);
    const openFiles = async () => (await readdir('/proc/self/fd')).length;
    const before = await openFiles();
    for (let round = 0; round < 10; round += 1) {
      const stream = await storage.get('a');
      const closed = new Promise((resolve) => stream!.once('close', resolve));
      stream!.destroy();
      await closed;
    }
    expect(await openFiles()).toBeLessThan(before + 5);
  },
);
