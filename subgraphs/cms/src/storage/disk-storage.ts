import { closeSync, type Dirent, fsync, openSync } from 'node:fs';
import { mkdir, open, opendir, rename, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { createGroupSync } from './group-sync.ts';
import { ifExists, isMissing } from './if-exists.ts';
import { FileStream } from './file-stream.ts';
import { parseKey, parsePrefix } from './parse-key.ts';
import { asStorageError } from './storage-full.ts';
import type { Storage, StoredObject } from './storage.ts';

/** How often publishing creates its folder again after concurrent deletes have removed it. */
const MAX_ATTEMPTS = 100;

/**
 * Objects as files below `root`, which is created on first use. Staged files must be on the same
 * file system, because publishing is a rename.
 */
export function openDiskStorage(options: { root: string }): Storage {
  const root = resolve(options.root);
  const pathOf = (key: string) => join(root, ...parseKey(key));

  async function move(stagedPath: string, path: string, { durable }: { durable: boolean }) {
    if (!durable) {
      const isMoved = await ifExists(rename(stagedPath, path).then(() => true));
      if (!isMoved) await moveIntoPlace(stagedPath, path);
      return;
    }
    const topmostCreated = await moveIntoPlace(stagedPath, path);
    // All parent folders: another publish may have created one and not synced it yet.
    const isRootNew = topmostCreated !== undefined && topmostCreated.length <= root.length;
    // The bytes and their names at once, so that the file system can write them together. After a power failure
    // before the end, the key may refer to bytes that were never written, but nothing refers to the key.
    await syncUpTo(isRootNew ? dirname(topmostCreated) : root, path);
  }

  return {
    async publish(key, stagedPath, { durable = true } = {}) {
      const path = pathOf(key);
      try {
        await move(stagedPath, path, { durable });
      } catch (error) {
        throw asStorageError(error);
      }
    },

    async stat(key) {
      const found = await ifExists(stat(pathOf(key)));
      return found?.isFile() ? { byteSize: found.size } : null;
    },

    async get(key, range, options) {
      const file = await ifExists(open(pathOf(key)));
      if (!file) return null;
      const found = await file.stat();
      if (found.isFile()) {
        return new FileStream(file, range ?? { start: 0, end: found.size - 1 }, options);
      }
      await file.close();
      return null;
    },

    async openLocalCopy(key) {
      const path = pathOf(key);
      const found = await ifExists(stat(path));
      return found?.isFile() ? { path, async [Symbol.asyncDispose]() {} } : null;
    },

    async delete(key) {
      const path = pathOf(key);
      const found = await ifExists(stat(path));
      if (found?.isFile()) await ifExists(unlink(path));
      await pruneEmptyFolders(dirname(path), root);
    },

    async *list(prefix) {
      const segments = parsePrefix(prefix);
      for await (const object of walk(join(root, ...segments), segments.join('/'))) {
        if (object.key.startsWith(prefix)) yield object;
      }
    },

    // Publishing is a rename.
    removeUnfinished: async () => 0,
  };
}

/** Returns the topmost folder that was created, if any. */
async function moveIntoPlace(from: string, to: string): Promise<string | undefined> {
  let topmostCreated: string | undefined;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const created = await mkdir(dirname(to), { recursive: true });
      topmostCreated ??= created;
      await rename(from, to);
      return topmostCreated;
    } catch (error) {
      if (!isMissing(error) || attempt === MAX_ATTEMPTS) throw error;
      // Either the staged file is missing, or a delete has removed the new folder.
      if (await exists(from)) continue;
      if (await exists(to)) return topmostCreated;
      throw error;
    }
  }
}

/**
 * A file survives a power failure once its bytes and its name are synced; the name, once its folder is. Syncs `path`
 * and its parents up to and including `last`.
 */
async function syncUpTo(last: string, path: string): Promise<void> {
  const paths = [path];
  for (let parent = path; parent !== last;) paths.push((parent = dirname(parent)));
  // What is missing was deleted in the meantime, together with the object.
  await Promise.all(paths.map((each) => ifExists(syncTogether(each))));
}

/**
 * Opens and closes synchronously: the file was just written and is in the kernel's cache, so this
 * takes a tenth of the time of the thread pool. Only the sync uses the thread pool.
 */
async function syncToDisk(path: string): Promise<void> {
  const file = openSync(path, 'r');
  try {
    await syncFile(file);
  } finally {
    closeSync(file);
  }
}

const syncFile = promisify(fsync);
const syncTogether = createGroupSync(syncToDisk);

/**
 * rmdir fails for folders that are not empty, so this cannot remove an object that was just
 * published.
 */
async function pruneEmptyFolders(folder: string, root: string): Promise<void> {
  for (let path = folder; path !== root; path = dirname(path)) {
    try {
      await rmdir(path);
    } catch (error) {
      if (!isMissing(error)) return; // In use: the process that empties it removes it.
    }
  }
}

async function* walk(folder: string, key: string): AsyncGenerator<StoredObject> {
  const entries = await ifExists(opendir(folder));
  if (!entries) return;
  for await (const entry of entries) {
    const path = join(folder, entry.name);
    const entryKey = key === '' ? entry.name : `${key}/${entry.name}`;
    if (entry.isDirectory()) yield* walk(path, entryKey);
    else yield* objectAt(path, entryKey, entry);
  }
}

async function* objectAt(path: string, key: string, entry: Dirent): AsyncGenerator<StoredObject> {
  const found = entry.isFile() ? await ifExists(stat(path)) : undefined;
  if (found) yield { key, byteSize: found.size, modifiedAt: found.mtime };
}

const exists = async (path: string) => (await ifExists(stat(path))) !== undefined;
