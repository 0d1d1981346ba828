import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { describe, expect, test } from 'vitest';
import type { Storage } from '../storage/storage.ts';
import { temporaryFolder } from './folder.ts';

/** Tests what every storage backend promises. `open` creates an empty one for each test. */
export function storageContract(
  name: string,
  open: () => Promise<{ storage: Storage; stagingFolder?: string }>,
): void {
  async function setUp() {
    const { storage, stagingFolder = await temporaryFolder() } = await open();
    return {
      storage,
      async stage(bytes: Buffer | string): Promise<string> {
        const path = join(stagingFolder, randomBytes(8).toString('hex'));
        await writeFile(path, bytes);
        return path;
      },
      async read(key: string, range?: { start: number; end: number }): Promise<string | null> {
        const stream = await storage.get(key, range);
        return stream && (await buffer(stream)).toString();
      },
      async keys(prefix: string): Promise<string[]> {
        const objects = await Array.fromAsync(storage.list(prefix));
        return objects.map(({ key }) => key).toSorted();
      },
    };
  }

  describe(`${name} storage`, () => {
    test.for(HOSTILE_KEYS)(
      'rejects the key %j in every method without touching any bytes',
      async (key) => {
        const { storage, stage, keys } = await setUp();
        const staged = await stage('bytes');
        await expect(storage.publish(key, staged)).rejects.toThrow('Not a storage key');
        await expect(storage.stat(key)).rejects.toThrow('Not a storage key');
        await expect(storage.get(key)).rejects.toThrow('Not a storage key');
        await expect(storage.openLocalCopy(key)).rejects.toThrow('Not a storage key');
        await expect(storage.delete(key)).rejects.toThrow('Not a storage key');
        expect(await keys('')).toEqual([]);
        await storage.publish('still/there', staged);
        expect(await storage.stat('still/there')).toEqual({ byteSize: 5 });
      },
    );

    test.for(['../a', 'a/../b', '/a', 'a//', 'a\0', 'a%2e', 'a\\b'])(
      'rejects the prefix %j',
      async (prefix) => {
        const { keys } = await setUp();
        await expect(keys(prefix)).rejects.toThrow('Not a storage key');
      },
    );

    test('returns null for what does not exist, including folders', async () => {
      const { storage, stage } = await setUp();
      await storage.publish('a/b/c', await stage('bytes'));
      for (const key of ['nothing', 'a', 'a/b', 'a/b/c/d', 'a/b/x']) {
        expect(await storage.stat(key), key).toBeNull();
        expect(await storage.get(key), key).toBeNull();
      }
    });

    test('fails to publish what is neither staged nor published', async () => {
      const { storage, keys } = await setUp();
      await expect(storage.publish('a/b', join(await temporaryFolder(), 'none'))).rejects.toThrow();
      expect(await keys('')).toEqual([]);
    });

    test('returns what was published', async () => {
      const { storage, stage, read } = await setUp();
      await storage.publish('store/file/1-abc.jpg', await stage('0123456789'));
      expect(await storage.stat('store/file/1-abc.jpg')).toEqual({ byteSize: 10 });
      expect(await read('store/file/1-abc.jpg')).toBe('0123456789');
    });

    test('consumes the staged file, and publishing it again changes nothing', async () => {
      const { storage, stage, read } = await setUp();
      const staged = await stage('bytes');
      await storage.publish('a/b', staged);
      await storage.publish('a/b', staged);
      await expect(storage.publish('a/other', staged)).rejects.toThrow();
      expect(await read('a/b')).toBe('bytes');
    });

    test('publishes without durability, and opens local copies', async () => {
      const { storage, stage, read } = await setUp();
      await storage.publish('a/b', await stage('bytes'), { durable: false });
      expect(await read('a/b')).toBe('bytes');
      await using copy = await storage.openLocalCopy('a/b');
      expect(await readFile(copy!.path, 'utf8')).toBe('bytes');
      for (const key of ['a', 'a/x', 'nothing'])
        expect(await storage.openLocalCopy(key), key).toBeNull();
    });

    test('replaces an object while a reader of the old bytes finishes', async () => {
      const { storage, stage, read } = await setUp();
      await storage.publish('a/b', await stage('old'));
      const old = await storage.get('a/b');
      await storage.publish('a/b', await stage('newer'));
      expect(await read('a/b')).toBe('newer');
      expect((await buffer(old!)).toString()).toBe('old');
    });

    test('returns objects larger than any buffer, read or piped, and ends', async () => {
      const { storage, stage } = await setUp();
      const bytes = randomBytes(1_500_001);
      await storage.publish('a', await stage(bytes));
      expect(bytes.equals(await buffer((await storage.get('a'))!))).toBe(true);
      for (const range of [undefined, { start: 300_000, end: 1_200_000 }]) {
        const [source, through] = [(await storage.get('a', range))!, new PassThrough()];
        const ended = finished(source);
        source.pipe(through);
        const wanted = range ? bytes.subarray(range.start, range.end + 1) : bytes;
        expect(wanted.equals(await buffer(through))).toBe(true);
        await ended;
      }
    });

    test('reads a range with both ends included, shortened at the end', async () => {
      const { storage, stage, read } = await setUp();
      await storage.publish('a', await stage('0123456789'));
      expect(await read('a', { start: 0, end: 0 })).toBe('0');
      expect(await read('a', { start: 3, end: 5 })).toBe('345');
      expect(await read('a', { start: 8, end: 99 })).toBe('89');
      expect(await read('a', { start: 99, end: 100 })).toBe('');
    });

    test('deletes only the key, any number of times', async () => {
      const { storage, stage, keys } = await setUp();
      await storage.publish('a/b', await stage('1'));
      await storage.publish('a/b2', await stage('2'));
      await storage.publish('a/c/d', await stage('3'));
      await storage.delete('a/b');
      await storage.delete('a/b');
      await storage.delete('a'); // a prefix, not a key
      await storage.delete('never/was');
      expect(await keys('')).toEqual(['a/b2', 'a/c/d']);
    });

    test('lists by prefix, with size and time', async () => {
      const { storage, stage, keys } = await setUp();
      const before = Date.now() - 5000;
      for (const key of ['s1/f1/1', 's1/f1/2', 's1/f10/1', 's2/f1/1']) {
        await storage.publish(key, await stage(key));
      }
      expect(await keys('')).toEqual(['s1/f1/1', 's1/f1/2', 's1/f10/1', 's2/f1/1']);
      expect(await keys('s1/f1/')).toEqual(['s1/f1/1', 's1/f1/2']);
      expect(await keys('s1/f1')).toEqual(['s1/f1/1', 's1/f1/2', 's1/f10/1']);
      expect(await keys('s1/f1/2')).toEqual(['s1/f1/2']);
      expect(await keys('s3/')).toEqual([]);
      const [object] = await Array.fromAsync(storage.list('s1/f10/'));
      expect(object).toMatchObject({ key: 's1/f10/1', byteSize: 8 });
      expect(object!.modifiedAt.getTime()).toBeGreaterThan(before);
    });

    test('keeps objects that are published while others in the folder are deleted', async () => {
      const { storage, stage, keys } = await setUp();
      const rounds = Array.from({ length: 40 }, (_none, index) => index);
      await Promise.all(
        rounds.map(async (index) => {
          await storage.publish(`s/f/gone-${index}`, await stage('x'));
          await storage.delete(`s/f/gone-${index}`);
          await storage.publish(`s/f/kept-${index}`, await stage('x'));
          await storage.delete(`s/f/kept-${(index + 20) % 40}-never`);
        }),
      );
      expect(await keys('s/f/')).toHaveLength(40);
    });

    test('publishes into folders that are being removed', async () => {
      const { storage, stage, keys } = await setUp();
      for (let round = 0; round < 50; round += 1) {
        const staged = await stage('x');
        const published = storage.publish(`s/${round}/new`, staged).then(() => 'published');
        const prune = () => storage.delete(`s/${round}/never-was`);
        while ((await Promise.race([published, prune()])) !== 'published');
      }
      expect(await keys('s/')).toHaveLength(50);
    });

    test('never shows a partially published object', async () => {
      const { storage, stage } = await setUp();
      const staged = await stage(Buffer.alloc(8 * 2 ** 20, 1));
      const seen: (number | null)[] = [];
      const look = async () => seen.push((await storage.stat('a/big'))?.byteSize ?? null);
      const published = storage.publish('a/big', staged).then(() => 'published');
      while ((await Promise.race([published, look()])) !== 'published');
      await look();
      expect(seen.at(0)).toBeNull();
      expect([...new Set(seen)]).toEqual([null, 8 * 2 ** 20]);
    });
  });
}

const HOSTILE_KEYS = [
  '',
  '.',
  '..',
  '../a',
  'a/../../b',
  'a/..',
  './a',
  '/etc/passwd',
  '//a',
  'a/',
  'a//b',
  'a\\..\\b',
  'C:\\a',
  'a\0.jpg',
  'a\n',
  'a b',
  '%2e%2e/a',
  'é',
  'a/b/c/d/e/f/g/h/i',
  'x'.repeat(201),
];
