import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/folder.ts';
import { storageContract } from '../testing/storage-contract.ts';
import { openDiskStorage } from './disk-storage.ts';
import { withFallback } from './fallback-storage.ts';

async function setUp() {
  const folder = await temporaryFolder();
  const primary = openDiskStorage({ root: join(folder, 'new') });
  const fallback = openDiskStorage({ root: join(folder, 'old') });
  const stage = async (bytes: string) => {
    await mkdir(join(folder, 'staging'), { recursive: true });
    const path = join(folder, 'staging', crypto.randomUUID());
    await writeFile(path, bytes);
    return path;
  };
  return { primary, fallback, storage: withFallback(primary, fallback), stage };
}

storageContract('fallback', async () => ({ storage: (await setUp()).storage }));

test('reads what was not moved yet', async () => {
  const { fallback, storage, stage } = await setUp();
  await fallback.publish('a', await stage('0123'));
  expect(await storage.stat('a')).toEqual({ byteSize: 4 });
  expect(await text((await storage.get('a', { start: 1, end: 2 }))!)).toBe('12');
  await using copy = await storage.openLocalCopy('a');
  expect(copy).not.toBeNull();
});

test('reads what was moved from its new place', async () => {
  const { primary, fallback, storage, stage } = await setUp();
  await fallback.publish('a', await stage('old'));
  await primary.publish('a', await stage('new'));
  expect(await text((await storage.get('a'))!)).toBe('new');
});

test('publishes in the new place, deletes and lists in both', async () => {
  const { primary, fallback, storage, stage } = await setUp();
  await fallback.publish('a/old', await stage('1'));
  await fallback.publish('a/both', await stage('2'));
  await primary.publish('a/both', await stage('2'));
  await storage.publish('a/new', await stage('3'));
  expect(await fallback.stat('a/new')).toBeNull();
  const keys = (await Array.fromAsync(storage.list('a/'))).map(({ key }) => key);
  expect([...new Set(keys)].toSorted()).toEqual(['a/both', 'a/new', 'a/old']);
  for (const key of keys) await storage.delete(key);
  for (const each of [primary, fallback]) expect(await Array.fromAsync(each.list(''))).toEqual([]);
});

test('what was published before the settings changed is not published again', async () => {
  const { primary, fallback, storage, stage } = await setUp();
  const staged = await stage('bytes');
  await fallback.publish('a', staged);
  await storage.publish('a', staged);
  expect(await primary.stat('a')).toBeNull();
});
