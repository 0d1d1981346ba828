import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '@federated-media/subgraph-kit/ids';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type MediaStore, openMediaStore } from '../../files/media-file/testing/media-store.ts';
import { openDiskStorage } from '../../storage/disk-storage.ts';
import { createStaging } from '../../storage/staging.ts';
import type { Storage } from '../../storage/storage.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { createRenditionLocks } from './rendition-locks.ts';
import { type Order, type Rendition, createProduction } from './production.ts';
import { RenditionError } from './rendition-error.ts';
import { createRenditionRepository } from './repository.ts';

const logger = pino({ level: 'silent' });
const never = new AbortController().signal;

let store: MediaStore;
let mediaId: string;
beforeAll(async () => {
  store = await openMediaStore();
});
afterAll(() => store.close());
beforeEach(async () => {
  mediaId = newId();
  const reservation = { id: mediaId, storeId: 'ours', replaces: null };
  await store.reservations.reserve(reservation);
  await store.commit(reservation);
});

/** A process: everything but the folder and the database is its own. */
function startProcess(folder: string, changes: Partial<Storage> = {}) {
  const { pool } = store;
  const locks = createRenditionLocks({ pool, logger });
  const production = createProduction({
    repository: createRenditionRepository({ pool }),
    locks,
    storage: { ...openDiskStorage({ root: join(folder, 'objects') }), ...changes },
    staging: createStaging({ dir: join(folder, 'staging') }),
    maxAdHoc: 10,
    logger,
  });
  return { ...production, locks };
}

function orderOf(draw: (signal: AbortSignal) => Promise<string>): Order {
  return {
    ref: { storeId: 'ours', mediaId, contentNumber: 1, name: 'w10inside-webp' },
    mimeType: 'image/webp',
    extension: 'webp',
    isAdHoc: true,
    async draw(to, signal) {
      const bytes = await draw(signal);
      await writeFile(to, bytes);
      const checksum = createHash('sha256').update(bytes).digest('hex');
      return { byteSize: bytes.length, checksum };
    },
  };
}

const textOf = ({ bytes }: Rendition) => bytes?.toString();

const filesIn = async (folder: string) => {
  await mkdir(folder, { recursive: true });
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
};

test('two processes that are asked for the same have it made once, and both hand it out', async () => {
  const folder = await temporaryFolder();
  const [one, other] = [startProcess(folder), startProcess(folder)];
  const gate = Promise.withResolvers<void>();
  const drawing = vi.fn<() => Promise<string>>(async () => {
    await gate.promise;
    return 'a picture';
  });
  const asked = [one, other, one, other].map((process) =>
    process.getOrCreate(orderOf(drawing), never),
  );
  await vi.waitFor(() => expect(drawing).toHaveBeenCalled());
  gate.resolve();
  const got = await Promise.all(asked);
  expect(got.map(textOf)).toEqual(Array(4).fill('a picture'));
  expect(drawing).toHaveBeenCalledTimes(1);
  await Promise.all([one.stop(), other.stop()]);
  expect(await filesIn(join(folder, 'staging'))).toBe(0);
});

test('what was made is found again by a process that starts later', async () => {
  const folder = await temporaryFolder();
  const before = startProcess(folder);
  await before.getOrCreate(
    orderOf(async () => 'a picture'),
    never,
  );
  await before.stop();
  const after = startProcess(folder);
  const drawing = vi.fn<() => Promise<string>>(async () => 'another');
  expect(textOf(await after.getOrCreate(orderOf(drawing), never))).toBe('a picture');
  expect(drawing).not.toHaveBeenCalled();
  await after.stop();
});

test('what a power failure has left of one is not handed out', async () => {
  const folder = await temporaryFolder();
  const before = startProcess(folder);
  const { storageKey } = await before.getOrCreate(
    orderOf(async () => 'a picture'),
    never,
  );
  await before.stop();
  await writeFile(join(folder, 'objects', storageKey), 'a\0\0\0\0\0\0\0\0');
  const after = startProcess(folder);
  expect(
    textOf(
      await after.getOrCreate(
        orderOf(async () => 'a picture'),
        never,
      ),
    ),
  ).toBe('a picture');
  await after.stop();
});

test('one that goes between the look and the reading is made again', async () => {
  const folder = await temporaryFolder();
  const before = startProcess(folder);
  const drawing = vi.fn<() => Promise<string>>(async () => 'a picture');
  const { storageKey } = await before.getOrCreate(orderOf(drawing), never);
  await before.stop();
  const path = join(folder, 'objects', storageKey);
  const after = startProcess(folder, {
    async openLocalCopy() {
      await rm(path, { force: true });
      return { path, async [Symbol.asyncDispose]() {} };
    },
  });
  expect(textOf(await after.getOrCreate(orderOf(drawing), never))).toBe('a picture');
  expect(drawing).toHaveBeenCalledTimes(2);
  await after.stop();
});

test('a process that is killed while at it keeps nobody from making it', async () => {
  const folder = await temporaryFolder();
  const killed = startProcess(folder);
  const order = orderOf(async () => 'a picture');
  expect(await killed.locks.claim(order.ref)).toEqual({ isMine: true, stored: null });
  const living = startProcess(folder);
  const asked = living.getOrCreate(order, never);
  await killed.locks.stop(); // Its connection ends as it would with the process.
  expect(textOf(await asked)).toBe('a picture');
  await living.stop();
});

test('once nobody waits any more, the work is given up', async () => {
  const production = startProcess(await temporaryFolder());
  const [begun, givenUp] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const order = orderOf((signal) => {
    const { promise, reject } = Promise.withResolvers<string>();
    begun.resolve();
    signal.addEventListener('abort', () => {
      givenUp.resolve();
      reject(signal.reason);
    });
    return promise;
  });
  const [first, second] = [new AbortController(), new AbortController()];
  const asked = [first, second].map(({ signal }) => production.getOrCreate(order, signal));
  await begun.promise;
  first.abort();
  await expect(asked[0]).rejects.toThrow('aborted');
  second.abort();
  await expect(asked[1]).rejects.toThrow('aborted');
  await givenUp.promise;
  // And not remembered as what can't be done.
  const again = await production.getOrCreate(
    orderOf(async () => 'a picture'),
    never,
  );
  expect(textOf(again)).toBe('a picture');
  await production.stop();
});

test('what can’t be made is not tried again at once; what had no turn is', async () => {
  const production = startProcess(await temporaryFolder());
  const overloaded = vi.fn<() => Promise<string>>(() =>
    Promise.reject(new RenditionError('overloaded')),
  );
  const failing = vi.fn<() => Promise<string>>(() => Promise.reject(new RenditionError('failed')));
  for (const drawing of [overloaded, overloaded, failing, failing]) {
    await expect(production.getOrCreate(orderOf(drawing), never)).rejects.toThrow(RenditionError);
  }
  expect(overloaded).toHaveBeenCalledTimes(2);
  expect(failing).toHaveBeenCalledTimes(1);
  await production.stop();
});

test('how it went is remembered even if nobody waited to hear of it', async () => {
  const production = startProcess(await temporaryFolder());
  for (const outcome of ['a picture', 'failed'] as const) {
    const gate = Promise.withResolvers<string>();
    // Like a worker: what has begun is seen through.
    const drawing = vi.fn<() => Promise<string>>(() => gate.promise);
    const order = { ...orderOf(drawing), isAdHoc: false };
    const ref = { ...order.ref, name: outcome === 'failed' ? 'w20inside-webp' : order.ref.name };
    const impatient = new AbortController();
    const asked = production.getOrCreate({ ...order, ref }, impatient.signal);
    await vi.waitFor(() => expect(drawing).toHaveBeenCalled());
    impatient.abort();
    await expect(asked).rejects.toThrow('aborted');

    const patient = production.getOrCreate({ ...order, ref }, never);
    if (outcome === 'failed') {
      gate.reject(new RenditionError('failed'));
      await expect(patient).rejects.toThrow('No rendition: failed.');
    } else {
      gate.resolve(outcome);
      expect(textOf(await patient)).toBe(outcome);
      expect(production.getCached(ref)).toBeDefined();
    }
    expect(drawing).toHaveBeenCalledTimes(1);
  }
  await production.stop();
});

test('bytes of which nothing can be made are left alone for a while, whatever is asked of them', async () => {
  const production = startProcess(await temporaryFolder());
  const failing = vi.fn<() => Promise<string>>(() => Promise.reject(new RenditionError('failed')));
  for (let width = 1; width <= 5; width += 1) {
    const { ref, ...order } = orderOf(failing);
    const asked = { ...order, ref: { ...ref, name: `w${width}inside-webp` } };
    await expect(production.getOrCreate(asked, never)).rejects.toThrow(RenditionError);
  }
  expect(failing).toHaveBeenCalledTimes(3);
  await production.stop();
});

test('made of bytes that were purged meanwhile, it is not kept', async () => {
  const folder = await temporaryFolder();
  const production = startProcess(folder);
  const order = orderOf(async () => {
    await store.pool.query('DELETE FROM media_files WHERE id = $1', [mediaId]);
    return 'a picture';
  });
  expect(textOf(await production.getOrCreate(order, never))).toBe('a picture');
  await production.stop();
  expect(await filesIn(folder)).toBe(0);
});
