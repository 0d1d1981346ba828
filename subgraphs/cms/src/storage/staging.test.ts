import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, readdir, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { FileTooLargeError } from './file-writer.ts';
import { temporaryFolder } from '../testing/folder.ts';
import { sanitizedPathOf, createStaging } from './staging.ts';

const NO_LIMIT = { maxBytes: Infinity };

async function setUp() {
  const dir = join(await temporaryFolder(), 'staging');
  return { dir, staging: createStaging({ dir }) };
}

test.for(['', '..', '../a', 'a/b', 'a.b', 'a\0', 'x'.repeat(65)])(
  'rejects the id %j before it writes anything',
  async (id) => {
    const { staging, dir } = await setUp();
    await expect(staging.receive(id, Readable.from([]), NO_LIMIT)).rejects.toThrow('Not an upload');
    await expect(staging.discard(id)).rejects.toThrow('Not an upload');
    await expect(readdir(dir)).rejects.toThrow('ENOENT');
  },
);

test('rejects a file that is one byte over the limit, without reading the rest or leaving a file', async () => {
  const { staging, dir } = await setUp();
  let chunksRead = 0;
  const body = Readable.from(
    (function* () {
      for (;;) {
        chunksRead += 1;
        yield Buffer.alloc(1000);
      }
    })(),
  );
  const receiving = staging.receive('a', body, { maxBytes: 9_999 });
  await expect(receiving).rejects.toThrow(FileTooLargeError);
  await expect(receiving).rejects.toMatchObject({ maxBytes: 9_999 });
  expect(chunksRead).toBeLessThan(40);
  expect(body.destroyed).toBe(true);
  expect(await readdir(dir)).toEqual([]);
});

test('accepts a file of exactly the limit', async () => {
  const { staging } = await setUp();
  const staged = await staging.receive('a', Readable.from([Buffer.alloc(10)]), { maxBytes: 10 });
  expect(staged.byteSize).toBe(10);
});

test('leaves nothing if the client disconnects halfway', async () => {
  const { staging, dir } = await setUp();
  const body = new PassThrough();
  const receiving = staging.receive('a', body, NO_LIMIT);
  body.write(Buffer.alloc(3 * 2 ** 20));
  await nextTurn();
  body.destroy(new Error('hung up'));
  await expect(receiving).rejects.toThrow('hung up');
  expect(await readdir(dir)).toEqual([]);
});

test('rejects if the client disconnects before the first read, without ending the process', async () => {
  const { staging, dir } = await setUp();
  const body = new PassThrough();
  const receiving = staging.receive('a', body, NO_LIMIT);
  body.destroy(new Error('hung up'));
  await expect(receiving).rejects.toThrow('hung up');
  expect(await readdir(dir)).toEqual([]);
});

test('rejects if the client disconnects without an error', async () => {
  const { staging, dir } = await setUp();
  const body = new PassThrough();
  const receiving = staging.receive('a', body, NO_LIMIT);
  body.write('some');
  body.destroy();
  await expect(receiving).rejects.toThrow();
  expect(await readdir(dir)).toEqual([]);
});

test.skipIf(process.platform === 'win32')(
  'fails the upload, not the process, if the disk is full while the client is silent',
  async () => {
    const { dir } = await setUp();
    const script = fileURLToPath(new URL('../testing/small-disk.ts', import.meta.url));
    const limited = ['-c', 'ulimit -f 100; exec "$0" "$@"', process.execPath, script, dir];
    const { stdout } = await promisify(execFile)('/bin/sh', limited);
    const outcome = { name: 'StorageFullError', code: 'EFBIG', left: [] };
    expect(JSON.parse(stdout)).toEqual(outcome);
  },
);

test('rejects chunks that are not bytes, and removes the file', async () => {
  const { staging, dir } = await setUp();
  const body = Readable.from([Buffer.alloc(2 ** 20), { length: 2 ** 20 }]);
  await expect(staging.receive('a', body, NO_LIMIT)).rejects.toThrow();
  expect(await readdir(dir)).toEqual([]);
});

test('does not write into an existing file with the same id', async () => {
  const { staging } = await setUp();
  const staged = await staging.receive('a', Readable.from([Buffer.from('first')]), NO_LIMIT);
  const again = staging.receive('a', Readable.from([Buffer.from('again')]), NO_LIMIT);
  await expect(again).rejects.toThrow('EEXIST');
  expect(await readFile(staged.path, 'utf8')).toBe('first');
});

test.for([
  ['nothing', []],
  ['one byte', [Buffer.from('x')]],
  ['many small chunks', Array.from({ length: 5000 }, (_none, index) => Buffer.from([index % 251]))],
  ['more than one batch', [2 ** 20 - 1, 2 ** 20, 1, 3 * 2 ** 20, 7].map((n) => Buffer.alloc(n, n))],
] as const)('writes, counts and hashes the body: %s', async ([, chunks]) => {
  const { staging, dir } = await setUp();
  const { path, byteSize, sha256 } = await staging.receive('a', Readable.from(chunks), NO_LIMIT);
  const expected = Buffer.concat(chunks);
  expect(await readdir(dir)).toEqual(['a.part']);
  expect((await readFile(path)).equals(expected)).toBe(true);
  expect(byteSize).toBe(expected.length);
  expect(sha256).toBe(createHash('sha256').update(expected).digest('hex'));
});

test('waits for the disk, so that memory does not grow with the file', async () => {
  const { staging } = await setUp();
  let sent = 0;
  const body = new Readable({
    highWaterMark: 64 * 1024,
    read() {
      sent += 1;
      this.push(sent > 500 ? null : Buffer.alloc(64 * 1024));
      mostInFlight = Math.max(mostInFlight, body.readableLength);
    },
  });
  let mostInFlight = 0;
  await staging.receive('a', body, NO_LIMIT);
  expect(mostInFlight).toBeLessThanOrEqual(128 * 1024);
});

test('discards idempotently', async () => {
  const { staging, dir } = await setUp();
  await staging.discard('never-was');
  await staging.receive('a', Readable.from([Buffer.from('x')]), NO_LIMIT);
  await staging.discard('a');
  await staging.discard('a');
  expect(await readdir(dir)).toEqual([]);
});

test('counts sanitized bytes, and keeps the original until it is removed', async () => {
  const { staging, dir } = await setUp();
  const { path } = await staging.receive('a', Readable.from([Buffer.from('dirt')]), NO_LIMIT);
  await writeFile(sanitizedPathOf(path), 'x');
  expect(await staging.readSanitized(path)).toEqual({
    path: sanitizedPathOf(path),
    byteSize: 1,
    sha256: createHash('sha256').update('x').digest('hex'),
  });
  expect(await readFile(path, 'utf8')).toBe('dirt');
  await staging.removeUnsanitized(path);
  expect(await readdir(dir)).toEqual([basename(sanitizedPathOf(path))]);
});

test('removes sanitized bytes together with the staged ones, by discard and by sweep', async () => {
  const { staging, dir } = await setUp();
  for (const id of ['a', 'b']) {
    const { path } = await staging.receive(id, Readable.from([Buffer.from('x')]), NO_LIMIT);
    await writeFile(sanitizedPathOf(path), 'x');
  }
  await staging.discard('a');
  expect(await readdir(dir)).toHaveLength(2);
  expect(await staging.sweep(-1)).toBe(2);
  expect(await readdir(dir)).toEqual([]);
});

test('sweeps old leftovers of a crash but not files that are being written', async () => {
  const { staging, dir } = await setUp();
  expect(await staging.sweep(0)).toBe(0);
  await staging.receive('fresh', Readable.from([Buffer.from('x')]), NO_LIMIT);
  await writeFile(join(dir, 'old.part'), 'x');
  await writeFile(join(dir, 'old-but-not-ours'), 'x');
  const yesterday = new Date(Date.now() - 86_400_000);
  await utimes(join(dir, 'old.part'), yesterday, yesterday);
  await utimes(join(dir, 'old-but-not-ours'), yesterday, yesterday);

  expect(await staging.sweep(3_600_000)).toBe(1);
  expect((await readdir(dir)).toSorted()).toEqual(['fresh.part', 'old-but-not-ours']);
});
