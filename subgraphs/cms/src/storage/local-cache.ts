import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { link, mkdir, open, opendir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '@federated-media/subgraph-kit/error-code';
import { createSharedWork } from '../platform/shared-work.ts';
import { createFairSlots } from '../platform/workers/fair-slots.ts';
import { tryFileLock } from './file-lock.ts';
import { ifExists } from './if-exists.ts';
import { asStorageError } from './storage-full.ts';
import type { LocalCopy } from './storage.ts';

/** Left by a process that was killed. No reader needs a copy for longer. */
const ABANDONED_MS = 6 * 60 * 60 * 1000;
/** At a time, in this process, of one store at most half. They may be large. */
const MAX_DOWNLOADS = 8;
/** Used while another process downloads. */
const RETRY_MS = 50;
/** The cache is measured again when this share of it was added. */
const MEASURED_SHARE = 0.05;

/**
 * Copies of objects on this machine. Processes can share the folder: a reader gets a hard link, so that any of
 * them can remove an entry at any time. Entries that were not read for the longest time are removed first. The first
 * segment of a key is its store.
 */
export interface LocalCache {
  /**
   * A copy of the object. Downloads it with `download` if it has no entry, once for all requests of all processes of
   * the machine. The download ends when no request waits for it. Null if `download` returns null.
   * @throws the reason of `signal`
   */
  open(
    key: string,
    download: () => Promise<Readable | null>,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<LocalCopy | null>;
  /** Moves a file with the bytes of the object into the cache, or removes it if that is not possible. */
  adopt(key: string, path: string): Promise<void>;
  /** Idempotent. Copies that are open remain. */
  remove(key: string): Promise<void>;
}

/** A downloaded file, until all requests that waited for it have their copies. */
interface Download {
  readonly path: string;
  readers: number;
}

interface Arrival {
  readonly path: string;
  /** Never rejects. */
  readonly done: Promise<void>;
}

/**
 * @param dir is created on first use and holds only this cache
 * @param maxBytes of all entries; 0: nothing is kept. Open copies and downloads are not counted
 */
export function createLocalCache({ dir, maxBytes }: { dir: string; maxBytes: number }): LocalCache {
  const entries = join(dir, 'entries');
  const copies = join(dir, 'copies');
  const locks = join(dir, 'locks');
  const downloads = createSharedWork<Download | null>();
  const slots = createFairSlots(MAX_DOWNLOADS);
  /** Files that become entries when they are on the disk. Until then only this process reads them. */
  const arriving = new Map<string, Arrival>();
  let bytesUntilMeasured = 0;
  let measuring: Promise<void> | null = null;

  const nameOf = (key: string) => createHash('sha256').update(key).digest('base64url');
  const entryOf = (key: string) => join(entries, nameOf(key));
  const newPath = () => join(copies, randomUUID());
  const copyAt = (path: string): LocalCopy => ({
    path,
    [Symbol.asyncDispose]: () => rm(path, { force: true }),
  });

  /** The path of a new link to the entry; null if the key is not in the cache. */
  async function linkEntry(key: string): Promise<string | null> {
    const path = newPath();
    for (const source of [arriving.get(key)?.path, entryOf(key)]) {
      const isLinked = source && (await ifExists(link(source, path).then(() => true)));
      if (!isLinked) continue;
      const now = new Date();
      await utimes(path, now, now);
      return path;
    }
    return null;
  }

  /** Makes the file an entry in the background: writing a large one to the disk takes seconds. */
  function arrive(key: string, path: string): void {
    const done = enter(key, path)
      // The cache only loses an entry.
      .catch(() => rm(path, { force: true }).catch(() => {}))
      .finally(() => {
        if (arriving.get(key)?.path === path) arriving.delete(key);
      });
    arriving.set(key, { path, done });
  }

  async function download(
    key: string,
    { request, signal }: { request: () => Promise<Readable | null>; signal: AbortSignal },
  ): Promise<Download | null> {
    const bytes = await request();
    if (!bytes) return null;
    const [path, second] = [newPath(), newPath()];
    try {
      await pipeline(bytes, createWriteStream(path, { flags: 'wx' }), { signal });
      await link(path, second);
    } catch (error) {
      for (const each of [path, second]) await rm(each, { force: true });
      throw asStorageError(error);
    }
    arrive(key, second);
    return { path, readers: 0 };
  }

  /** Only one process of the machine downloads an object. */
  async function downloadOnce(
    key: string,
    given: { request: () => Promise<Readable | null>; signal: AbortSignal },
  ): Promise<Download | null> {
    const { signal } = given;
    await createFolders();
    for (;;) {
      const lock = await tryFileLock(join(locks, nameOf(key)));
      try {
        const path = await linkEntry(key);
        if (path) return { path, readers: 0 };
        const [storeId = ''] = key.split('/');
        if (lock) return await slots.run({ storeId, signal }, () => download(key, given));
      } finally {
        const arrival = arriving.get(key)?.done;
        // Other processes find the entry when they get the lock. One that is not released is stale soon.
        if (arrival) void arrival.then(() => lock?.release()).catch(() => {});
        else await lock?.release();
      }
      await sleep(RETRY_MS, undefined, { signal });
    }
  }

  async function copyOf(shared: Download): Promise<LocalCopy> {
    shared.readers += 1;
    const path = newPath();
    try {
      await link(shared.path, path);
    } finally {
      shared.readers -= 1;
      if (shared.readers === 0) await rm(shared.path, { force: true });
    }
    return copyAt(path);
  }

  async function enter(key: string, path: string): Promise<void> {
    const { size } = await stat(path);
    await sync(path);
    await rename(path, entryOf(key));
    bytesUntilMeasured -= size;
    while (bytesUntilMeasured <= 0) await (measuring ??= measure());
  }

  async function measure(): Promise<void> {
    // What is added from now on may be missed.
    bytesUntilMeasured = Math.max(1, maxBytes * MEASURED_SHARE);
    try {
      await shrink();
    } finally {
      measuring = null;
    }
  }

  /** Removes the entries that were not read for the longest time, until the others are small enough. */
  async function shrink(): Promise<void> {
    const found = await filesIn(entries);
    let excess = found.reduce((sum, { size }) => sum + size, 0) - maxBytes;
    for (const { path, size } of found.toSorted((a, b) => a.readAt - b.readAt)) {
      if (excess <= 0) break;
      await rm(path, { force: true });
      excess -= size;
    }
    for (const { path, readAt } of await filesIn(copies)) {
      if (readAt < Date.now() - ABANDONED_MS) await rm(path, { force: true });
    }
  }

  async function createFolders(): Promise<void> {
    await mkdir(entries, { recursive: true });
    await mkdir(copies, { recursive: true });
    await mkdir(locks, { recursive: true });
  }

  return {
    async open(key, request, { signal = new AbortController().signal } = {}) {
      const path = await linkEntry(key);
      if (path) return copyAt(path);
      const start = (ofAll: AbortSignal) => downloadOnce(key, { request, signal: ofAll });
      const shared = await downloads.do(key, { start, signal });
      return shared && copyOf(shared);
    },

    async adopt(key, path) {
      if (maxBytes === 0) return rm(path, { force: true });
      await createFolders();
      const moved = newPath();
      try {
        await rename(path, moved);
      } catch (error) {
        // Another file system.
        if (!hasCode(error, 'EXDEV')) throw error;
        return rm(path, { force: true });
      }
      arrive(key, moved);
    },

    async remove(key) {
      const arrival = arriving.get(key);
      arriving.delete(key);
      await arrival?.done;
      await rm(entryOf(key), { force: true });
    },
  };
}

/** After a power failure an entry has all its bytes, or does not exist. */
async function sync(path: string): Promise<void> {
  const file = await open(path);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function filesIn(folder: string) {
  const found: { path: string; size: number; readAt: number }[] = [];
  for await (const { name } of (await ifExists(opendir(folder))) ?? []) {
    const path = join(folder, name);
    const file = await ifExists(stat(path));
    if (file) found.push({ path, size: file.size, readAt: file.mtimeMs });
  }
  return found;
}
