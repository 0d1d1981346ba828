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
import { createRenditionLocks } from './lock-repository.ts';
import { type RenditionRequest, type Rendition, createRendering } from './rendering.ts';
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
  const rendering = createRendering({
    repository: createRenditionRepository({ pool }),
    locks,
    storage: { ...openDiskStorage({ root: join(folder, 'objects') }), ...changes },
    staging: createStaging({ dir: join(folder, 'staging') }),
    maxAdHoc: 10,
    logger,
  });
  return { ...rendering, locks };
}

function requestFor(draw: (signal: AbortSignal) => Promise<string>): RenditionRequest {
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

const drawImage = async () => 'an image';

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
    return 'an image';
  });
  const asked = [one, other, one, other].map((process) =>
    process.getOrCreate(requestFor(drawing), never),
  );
  await vi.waitFor(() => expect(drawing).toHaveBeenCalled());
  gate.resolve();
  const got = await Promise.all(asked);
  expect(got.map(textOf)).toEqual(Array(4).fill('an image'));
  expect(drawing).toHaveBeenCalledTimes(1);
  await Promise.all([one.stop(), other.stop()]);
  expect(await filesIn(join(folder, 'staging'))).toBe(0);
});

test('what was made is found again by a process that starts later', async () => {
  const folder = await temporaryFolder();
  const before = startProcess(folder);
  await before.getOrCreate(requestFor(drawImage), never);
  await before.stop();
  const after = startProcess(folder);
  const drawing = vi.fn<() => Promise<string>>(async () => 'another');
  expect(textOf(await after.getOrCreate(requestFor(drawing), never))).toBe('an image');
  expect(drawing).not.toHaveBeenCalled();
  await after.stop();
});

test('what a power failure has left of one is not handed out', async () => {
  const folder = await temporaryFolder();
  const before = startProcess(folder);
  const { storageKey } = await before.getOrCreate(requestFor(drawImage), never);
  await before.stop();
  await writeFile(join(folder, 'objects', storageKey), 'a\0\0\0\0\0\0\0\0');
  const after = startProcess(folder);
  expect(textOf(await after.getOrCreate(requestFor(drawImage), never))).toBe('an image');
  await after.stop();
});

test('one that goes between the look and the reading is made again', async () => {
  const folder = await temporaryFolder();
  const before = startProcess(folder);
  const drawing = vi.fn<() => Promise<string>>(drawImage);
  const { storageKey } = await before.getOrCreate(requestFor(drawing), never);
  await before.stop();
  const path = join(folder, 'objects', storageKey);
  const after = startProcess(folder, {
    async openLocalCopy() {
      await rm(path, { force: true });
      return { path, async [Symbol.asyncDispose]() {} };
    },
  });
  expect(textOf(await after.getOrCreate(requestFor(drawing), never))).toBe('an image');
  expect(drawing).toHaveBeenCalledTimes(2);
  await after.stop();
});

test('a process that is killed while at it keeps nobody from making it', async () => {
  const folder = await temporaryFolder();
  const killed = startProcess(folder);
  const request = requestFor(drawImage);
  expect(await killed.locks.claim(request.ref)).toEqual({ isClaimed: true, stored: null });
  const living = startProcess(folder);
  const asked = living.getOrCreate(request, never);
  await killed.locks.stop(); // Its connection ends as it would with the process.
  expect(textOf(await asked)).toBe('an image');
  await living.stop();
});

test('once nobody waits any more, the work is given up', async () => {
  const rendering = startProcess(await temporaryFolder());
  const [started, aborted] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const request = requestFor((signal) => {
    const { promise, reject } = Promise.withResolvers<string>();
    started.resolve();
    signal.addEventListener('abort', () => {
      aborted.resolve();
      reject(signal.reason);
    });
    return promise;
  });
  const [first, second] = [new AbortController(), new AbortController()];
  const asked = [first, second].map(({ signal }) => rendering.getOrCreate(request, signal));
  await started.promise;
  first.abort();
  await expect(asked[0]).rejects.toThrow('aborted');
  second.abort();
  await expect(asked[1]).rejects.toThrow('aborted');
  await aborted.promise;
  // And not remembered as what can't be done.
  const again = await rendering.getOrCreate(requestFor(drawImage), never);
  expect(textOf(again)).toBe('an image');
  await rendering.stop();
});

test('what can’t be made is not tried again at once; what had no turn is', async () => {
  const rendering = startProcess(await temporaryFolder());
  const overloaded = vi.fn<() => Promise<string>>(() =>
    Promise.reject(new RenditionError('overloaded')),
  );
  const failing = vi.fn<() => Promise<string>>(() => Promise.reject(new RenditionError('failed')));
  for (const drawing of [overloaded, overloaded, failing, failing]) {
    await expect(rendering.getOrCreate(requestFor(drawing), never)).rejects.toThrow(RenditionError);
  }
  expect(overloaded).toHaveBeenCalledTimes(2);
  expect(failing).toHaveBeenCalledTimes(1);
  await rendering.stop();
});

test('how it went is remembered even if nobody waited to hear of it', async () => {
  const rendering = startProcess(await temporaryFolder());
  for (const outcome of ['an image', 'failed'] as const) {
    const gate = Promise.withResolvers<string>();
    // Like a worker: what has begun is seen through.
    const drawing = vi.fn<() => Promise<string>>(() => gate.promise);
    const request = { ...requestFor(drawing), isAdHoc: false };
    const ref = {
      ...request.ref,
      name: outcome === 'failed' ? 'w20inside-webp' : request.ref.name,
    };
    const impatient = new AbortController();
    const asked = rendering.getOrCreate({ ...request, ref }, impatient.signal);
    await vi.waitFor(() => expect(drawing).toHaveBeenCalled());
    impatient.abort();
    await expect(asked).rejects.toThrow('aborted');

    const patient = rendering.getOrCreate({ ...request, ref }, never);
    if (outcome === 'failed') {
      gate.reject(new RenditionError('failed'));
      await expect(patient).rejects.toThrow('No rendition: failed.');
    } else {
      gate.resolve(outcome);
      expect(textOf(await patient)).toBe(outcome);
      expect(rendering.getCached(ref)).toBeDefined();
    }
    expect(drawing).toHaveBeenCalledTimes(1);
  }
  await rendering.stop();
});

test('bytes of which nothing can be made are left alone for a while, whatever is asked of them', async () => {
  const rendering = startProcess(await temporaryFolder());
  const failing = vi.fn<() => Promise<string>>(() => Promise.reject(new RenditionError('failed')));
  for (let width = 1; width <= 5; width += 1) {
    const { ref, ...request } = requestFor(failing);
    const asked = { ...request, ref: { ...ref, name: `w${width}inside-webp` } };
    await expect(rendering.getOrCreate(asked, never)).rejects.toThrow(RenditionError);
  }
  expect(failing).toHaveBeenCalledTimes(3);
  await rendering.stop();
});

test('made of bytes that were purged meanwhile, it is not kept', async () => {
  const folder = await temporaryFolder();
  const rendering = startProcess(folder);
  const request = requestFor(async () => {
    await store.pool.query('DELETE FROM media_files WHERE id = $1', [mediaId]);
    return 'an image';
  });
  expect(textOf(await rendering.getOrCreate(request, never))).toBe('an image');
  await rendering.stop();
  expect(await filesIn(folder)).toBe(0);
});
