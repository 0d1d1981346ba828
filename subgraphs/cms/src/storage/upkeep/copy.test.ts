import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../testing/folder.ts';
import { openDiskStorage } from '../disk-storage.ts';
import type { Storage } from '../storage.ts';
import { type CopyOutcome, copyObjects } from './copy.ts';
import type { ExpectedObject } from './repository.ts';

async function setUp(count: number) {
  const folder = await temporaryFolder();
  const from = openDiskStorage({ root: join(folder, 'from') });
  const to = openDiskStorage({ root: join(folder, 'to') });
  const scratchFolder = join(folder, 'staging');
  async function put(storage: Storage, key: string, bytes: string) {
    await mkdir(scratchFolder, { recursive: true });
    const path = join(scratchFolder, randomUUID());
    await writeFile(path, bytes);
    await storage.publish(key, path);
  }
  const rows: ExpectedObject[] = [];
  for (let number = 1; number <= count; number += 1) {
    const bytes = `bytes ${number}`;
    const checksum = createHash('sha256').update(bytes).digest('hex');
    const storageKey = `store/file-${number}/1-${checksum}.jpg`;
    await put(from, storageKey, bytes);
    rows.push({ mediaId: `${number}`, number, storageKey, byteSize: bytes.length, checksum });
  }
  const purged = new Set<string>();

  async function copy({
    checksums = false,
    source = from,
  }: { checksums?: boolean; source?: Pick<Storage, 'get'> } = {}) {
    const outcomes: CopyOutcome[] = [];
    let bytes = 0;
    await copyObjects({
      objects: {
        contents: async function* () {
          yield rows;
        },
        hasContent: async ({ mediaId }) => !purged.has(mediaId),
      },
      from: source,
      to,
      scratchFolder,
      checksums,
      atOnce: 3,
      onBytes: (more) => (bytes += more),
      onOutcome: (outcome) => outcomes.push(outcome),
    });
    const results = outcomes.map(({ result, reason }) => reason ?? result).toSorted();
    return { results, bytes, leftovers: await readdir(scratchFolder) };
  }
  return { from, to, rows, put, purged, copy };
}

test('copies what is missing, and then nothing', async () => {
  const { to, rows, copy } = await setUp(7);
  const copied = Array.from({ length: 7 }, () => 'copied');
  expect(await copy()).toEqual({ results: copied, bytes: 7 * 7, leftovers: [] });
  for (const { storageKey, number } of rows)
    expect(await text((await to.get(storageKey))!)).toBe(`bytes ${number}`);
  const present = copied.map(() => 'present');
  expect(await copy()).toEqual({ results: present, bytes: 0, leftovers: [] });
});

test('never publishes other bytes than those of the row', async () => {
  const { from, to, rows, put, copy } = await setUp(2);
  await put(from, rows[0]!.storageKey, 'BYTES 1');
  expect((await copy()).results).toEqual([
    'copied',
    'the bytes in the source have another checksum',
  ]);
  expect(await to.stat(rows[0]!.storageKey)).toBeNull();
});

test('replaces an object of the wrong size, and with checksums one with other bytes', async () => {
  const { to, rows, put, copy } = await setUp(2);
  await put(to, rows[0]!.storageKey, 'short');
  await put(to, rows[1]!.storageKey, 'BYTES 2');
  expect((await copy()).results).toEqual(['copied', 'present']);
  expect((await copy({ checksums: true })).results).toEqual(['copied', 'present']);
  expect((await copy({ checksums: true })).results).toEqual(['present', 'present']);
});

test('reports a missing object, unless its file was purged', async () => {
  const { from, rows, purged, copy } = await setUp(2);
  for (const { storageKey } of rows) await from.delete(storageKey);
  purged.add('1');
  expect((await copy()).results).toEqual(['it is missing in the source', 'purged']);
});

test('removes the copy of a file that was purged while it was copied', async () => {
  const { from, to, purged, copy } = await setUp(1);
  const source: Pick<Storage, 'get'> = {
    get: (...request) => (purged.add('1'), from.get(...request)),
  };
  expect((await copy({ source })).results).toEqual(['purged']);
  expect(await Array.fromAsync(to.list(''))).toEqual([]);
});

test('stops when nothing can be copied', async () => {
  const { copy } = await setUp(30);
  let asked = 0;
  const source: Pick<Storage, 'get'> = {
    get: () => ((asked += 1), Promise.reject(new Error('not reachable'))),
  };
  await expect(copy({ source })).rejects.toThrow('20 files in a row could not be copied');
  expect(asked).toBeLessThan(25);
});
