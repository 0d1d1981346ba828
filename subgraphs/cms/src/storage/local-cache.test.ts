import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { temporaryFolder } from '../testing/folder.ts';
import { createLocalCache } from './local-cache.ts';

async function setUp(maxBytes = 1_000) {
  const dir = await temporaryFolder();
  return { dir, cache: createLocalCache({ dir, maxBytes }) };
}
const bytesOf = (text: string) => async () => Readable.from([Buffer.from(text)]);

test('requests at the same time share a download, and later ones need none', async () => {
  const { cache } = await setUp();
  const download = vi.fn<() => Promise<Readable>>(bytesOf('bytes'));
  const copies = await Promise.all(Array.from({ length: 5 }, () => cache.open('a', download)));
  expect(new Set(copies.map((copy) => copy!.path)).size).toBe(5);
  for (const copy of copies) expect(await readFile(copy!.path, 'utf8')).toBe('bytes');
  await cache.open('a', download);
  expect(download).toHaveBeenCalledTimes(1);
});

test('the entry that was not read for the longest time is removed first', async () => {
  const { cache, dir } = await setUp();
  const missing = async () => null;
  const entries = () => readdir(join(dir, 'entries'));
  for (const key of ['a', 'b']) {
    const copy = await cache.open(key, bytesOf('x'.repeat(400)));
    const hourAgo = new Date(Date.now() - 3_600_000);
    await utimes(copy!.path, hourAgo, hourAgo);
  }
  await expect.poll(entries).toHaveLength(2);
  await cache.open('a', missing);
  const before = await entries();
  await cache.open('c', bytesOf('x'.repeat(400)));
  await expect.poll(entries).not.toEqual(before);
  await expect.poll(entries).toHaveLength(2);
  const kept = [];
  for (const key of ['a', 'b', 'c']) if (await cache.open(key, missing)) kept.push(key);
  expect(kept).toEqual(['a', 'c']);
});

test('an object that is larger than the cache is opened, and not kept', async () => {
  const { cache, dir } = await setUp(10);
  const [one, other] = await Promise.all(
    ['a', 'b'].map((key) => cache.open(key, bytesOf(key.repeat(100)))),
  );
  expect(await readFile(one!.path, 'utf8')).toBe('a'.repeat(100));
  expect(await readFile(other!.path, 'utf8')).toBe('b'.repeat(100));
  await expect.poll(() => readdir(join(dir, 'entries'))).toEqual([]);
});

test('a failed download leaves nothing', async () => {
  const { cache, dir } = await setUp();
  const failing = async () =>
    Readable.from(
      (async function* () {
        yield Buffer.from('some');
        throw new Error('cut');
      })(),
    );
  await expect(cache.open('a', failing)).rejects.toThrow('cut');
  expect((await readdir(dir, { recursive: true })).toSorted()).toEqual([
    'copies',
    'entries',
    'locks',
  ]);
  expect(await cache.open('a', bytesOf('bytes'))).not.toBeNull();
});

test('removes copies of killed processes', async () => {
  const { cache, dir } = await setUp(100);
  const copy = await cache.open('a', bytesOf('bytes'));
  const yesterday = new Date(Date.now() - 86_400_000);
  await utimes(copy!.path, yesterday, yesterday);
  await cache.open('b', bytesOf('x'.repeat(200)));
  await expect.poll(() => readdir(join(dir, 'copies'))).toHaveLength(1);
  await expect(stat(copy!.path)).rejects.toThrow('ENOENT');
});

test('two caches share a folder', async () => {
  const { cache, dir } = await setUp();
  const other = createLocalCache({ dir, maxBytes: 1_000 });
  const path = join(dir, 'staged');
  await writeFile(path, 'bytes');
  await cache.adopt('a', path);
  expect(await cache.open('a', async () => null)).not.toBeNull();
  const copy = await vi.waitUntil(() => other.open('a', async () => null));
  await cache.remove('a');
  expect(await readFile(copy.path, 'utf8')).toBe('bytes');
  await copy[Symbol.asyncDispose]();
  expect(await other.open('a', async () => null)).toBeNull();
});

test('processes of a machine share a download', async () => {
  const { cache, dir } = await setUp();
  const other = createLocalCache({ dir, maxBytes: 1_000 });
  const gate = Promise.withResolvers<void>();
  const download = vi.fn<() => Promise<Readable>>(async () => {
    await gate.promise;
    return Readable.from([Buffer.from('bytes')]);
  });
  const opened = [cache.open('a', download), other.open('a', download)];
  await vi.waitFor(() => expect(download).toHaveBeenCalled());
  gate.resolve();
  for (const copy of await Promise.all(opened))
    expect(await readFile(copy!.path, 'utf8')).toBe('bytes');
  expect(download).toHaveBeenCalledTimes(1);
  await expect.poll(() => readdir(join(dir, 'locks'))).toEqual([]);
});

test('another process continues with the download of one that was killed, at once', async () => {
  const { cache, dir } = await setUp();
  const module = new URL('local-cache.ts', import.meta.url).href;
  const program = `
    import { createLocalCache } from ${JSON.stringify(module)};
    const cache = createLocalCache({ dir: ${JSON.stringify(dir)}, maxBytes: 1000 });
    setInterval(() => {}, 1000);
    await cache.open('a', () => { console.log('downloading'); return new Promise(() => {}); });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
  await once(child.stdout, 'data');
  const download = vi.fn<() => Promise<Readable>>(bytesOf('bytes'));
  const opened = cache.open('a', download);
  const ended = once(child, 'exit');
  expect(download).not.toHaveBeenCalled();
  child.kill('SIGKILL');
  await ended;
  const copy = await opened;
  expect(await readFile(copy!.path, 'utf8')).toBe('bytes');
});

test('a download ends when nobody waits for it, and leaves nothing', async () => {
  const { cache, dir } = await setUp();
  const stream = new PassThrough();
  stream.write('some');
  const download = vi.fn<() => Promise<Readable>>(async () => stream);
  const [one, other] = [new AbortController(), new AbortController()];
  const opened = [one, other].map(({ signal }) => cache.open('a', download, { signal }));
  const results = Promise.allSettled(opened);
  await vi.waitFor(() => expect(download).toHaveBeenCalled());
  one.abort(new Error('gone'));
  await expect(opened[0]).rejects.toThrow('gone');
  expect(stream.destroyed).toBe(false);
  other.abort(new Error('gone'));
  await results;
  await expect.poll(() => stream.destroyed).toBe(true);
  await expect
    .poll(async () => (await readdir(dir, { recursive: true })).toSorted())
    .toEqual(['copies', 'entries', 'locks']);
  expect(await cache.open('a', bytesOf('bytes'))).not.toBeNull();
});

test('one store does not use all downloads', async () => {
  const { cache } = await setUp();
  const blocked = () => new Promise<null>(() => {});
  for (let file = 0; file < 20; file += 1) void cache.open(`busy/${file}`, blocked);
  const copy = await cache.open('other/1', bytesOf('bytes'));
  expect(await readFile(copy!.path, 'utf8')).toBe('bytes');
});
