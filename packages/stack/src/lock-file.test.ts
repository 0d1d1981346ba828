import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireLock, LockedError } from './lock-file.ts';
import { processStart } from './process-table.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  path = join(folder, 'lock');
});

afterEach(() => rm(folder, { recursive: true }));

test('only one process holds the lock, and a second one gets its pid', async () => {
  const lock = await acquireLock(path);
  await expect(acquireLock(path)).rejects.toMatchObject({ ownerPid: process.pid });
  await expect(acquireLock(path)).rejects.toBeInstanceOf(LockedError);
  await lock.release();
  await (await acquireLock(path)).release();
  expect(await readdir(folder)).toEqual([]);
});

test('a waiting process gets the lock after it is released', async () => {
  const lock = await acquireLock(path);
  const second = acquireLock(path, { waitMs: 10_000 });
  await lock.release();
  await (await second).release();
});

test('concurrent callers get the lock one after the other', async () => {
  let holders = 0;
  const most = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const lock = await acquireLock(path, { waitMs: 10_000 });
      holders += 1;
      const seen = holders;
      await new Promise(setImmediate);
      holders -= 1;
      await lock.release();
      return seen;
    }),
  );
  expect(Math.max(...most)).toBe(1);
});

test('exactly one process gets the lock of a dead owner', async () => {
  const dead = spawn(process.execPath, ['-e', '']);
  await once(dead, 'exit');
  for (let round = 0; round < 50; round += 1) {
    await writeFile(path, `${dead.pid} 12345 ${round}`);
    const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => acquireLock(path)));
    const locks = attempts.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
    expect(locks).toHaveLength(1);
    await locks[0]?.release();
  }
  expect(await readdir(folder)).toEqual([]);
});

test('a lock is stale when another process has the pid of its owner', async () => {
  await writeFile(path, `${process.pid} ${processStart(process.pid)}0 nonce`);
  await (await acquireLock(path)).release();
});

test.for(['', 'nonsense', '-1 0 x'])('a lock that says %j is stale', async (content) => {
  await writeFile(path, content);
  await (await acquireLock(path)).release();
});

test('a process that lost the lock does not release the lock of the new owner', async () => {
  const lost = await acquireLock(path);
  await rm(path);
  const lock = await acquireLock(path);
  await lost.release();
  await expect(acquireLock(path)).rejects.toThrow(LockedError);
  await lock.release();
});
