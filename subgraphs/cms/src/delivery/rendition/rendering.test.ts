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

/** A process: it shares only the folder and the database with others. */
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
    isAdHoc: true,
    async draw(to, signal) {
      const bytes = await draw(signal);
      await writeFile(to, bytes);
      const checksum = createHash('sha256').update(bytes).digest('hex');
      return { format: 'webp', byteSize: bytes.length, checksum };
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

test('two processes render the same rendition once and both return it', async () => {
  const folder = await temporaryFolder();
  const [one, other] = [startProcess(folder), startProcess(folder)];
  const gate = Promise.withResolvers<void>();
  const drawing = vi.fn<() => Promise<string>>(async () => {
    await gate.promise;
    return 'an image';
  });
  const requests = [one, other, one, other].map((process) =>
    process.getOrCreate(requestFor(drawing), never),
  );
  await vi.waitFor(() => expect(drawing).toHaveBeenCalled());
  gate.resolve();
  const got = await Promise.all(requests);
  expect(got.map(textOf)).toEqual(Array(4).fill('an image'));
  expect(drawing).toHaveBeenCalledTimes(1);
  await Promise.all([one.stop(), other.stop()]);
  expect(await filesIn(join(folder, 'staging'))).toBe(0);
});

test('a process that starts later finds what was rendered', async () => {
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

test('does not serve a file that a power failure has damaged', async () => {
  const folder = await temporaryFolder();
  const before = startProcess(folder);
  const { storageKey } = await before.getOrCreate(requestFor(drawImage), never);
  await before.stop();
  await writeFile(join(folder, 'objects', storageKey), 'a\0\0\0\0\0\0\0\0');
  const after = startProcess(folder);
  expect(textOf(await after.getOrCreate(requestFor(drawImage), never))).toBe('an image');
  await after.stop();
});

test('renders again if the file is deleted between lookup and read', async () => {
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

test('renders if the process that claimed the rendition is killed', async () => {
  const folder = await temporaryFolder();
  const killed = startProcess(folder);
  const request = requestFor(drawImage);
  expect(await killed.locks.claim(request.ref)).toEqual({ isClaimed: true, stored: null });
  const living = startProcess(folder);
  const requests = living.getOrCreate(request, never);
  await killed.locks.stop(); // Its connection ends as if the process was killed.
  expect(textOf(await requests)).toBe('an image');
  await living.stop();
});

test('aborts rendering when nobody waits for it', async () => {
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
  const requests = [first, second].map(({ signal }) => rendering.getOrCreate(request, signal));
  await started.promise;
  first.abort();
  await expect(requests[0]).rejects.toThrow('aborted');
  second.abort();
  await expect(requests[1]).rejects.toThrow('aborted');
  await aborted.promise;
  // It does not count as a failure.
  const again = await rendering.getOrCreate(requestFor(drawImage), never);
  expect(textOf(again)).toBe('an image');
  await rendering.stop();
});

test('does not retry a failure at once, but retries after overload', async () => {
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

test('remembers the outcome even if nobody waited for it', async () => {
  const rendering = startProcess(await temporaryFolder());
  for (const outcome of ['an image', 'failed'] as const) {
    const gate = Promise.withResolvers<string>();
    // Like a worker: a job that has started is finished.
    const drawing = vi.fn<() => Promise<string>>(() => gate.promise);
    const request = { ...requestFor(drawing), isAdHoc: false };
    const ref = {
      ...request.ref,
      name: outcome === 'failed' ? 'w20inside-webp' : request.ref.name,
    };
    const impatient = new AbortController();
    const requests = rendering.getOrCreate({ ...request, ref }, impatient.signal);
    await vi.waitFor(() => expect(drawing).toHaveBeenCalled());
    impatient.abort();
    await expect(requests).rejects.toThrow('aborted');

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

test('stops trying bytes of which several renditions failed', async () => {
  const rendering = startProcess(await temporaryFolder());
  const failing = vi.fn<() => Promise<string>>(() => Promise.reject(new RenditionError('failed')));
  for (let width = 1; width <= 5; width += 1) {
    const { ref, ...request } = requestFor(failing);
    const requests = { ...request, ref: { ...ref, name: `w${width}inside-webp` } };
    await expect(rendering.getOrCreate(requests, never)).rejects.toThrow(RenditionError);
  }
  expect(failing).toHaveBeenCalledTimes(3);
  await rendering.stop();
});

test('does not keep a rendition of bytes that were purged in the meantime', async () => {
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
