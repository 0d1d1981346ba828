import { closeSync, type Dirent, fsync, openSync } from 'node:fs';
import { mkdir, open, opendir, rename, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ignoring, isMissing } from './file-errors.ts';
import { FileStream } from './file-stream.ts';
import { parseKey, parsePrefix } from './parse-key.ts';
import type { Storage, StoredObject } from './storage.ts';

/** How often a publish makes its folder again after deletes have pruned it. */
const MAX_ATTEMPTS = 100;

/**
 * Objects as files below `root`, which is made when first needed. Staged files must be on the same
 * file system: publishing is a rename.
 */
export function openDiskStorage(options: { root: string }): Storage {
  const root = resolve(options.root);
  const pathOf = (key: string) => join(root, ...parseKey(key));

  return {
    async publish(key, stagedPath, { durable } = { durable: true }) {
      const path = pathOf(key);
      if (!durable) {
        const isMoved = await ignoring(
          isMissing,
          rename(stagedPath, path).then(() => true),
        );
        if (!isMoved) await moveIntoPlace(stagedPath, path);
        return;
      }
      // Bytes before name: after a power failure the name must not stand for bytes that were never written.
      await ignoring(isMissing, syncToDisk(stagedPath));
      const topmostCreated = await moveIntoPlace(stagedPath, path);
      // Every folder on the way, for another publish may have made it and not synced it yet.
      const isRootNew = topmostCreated !== undefined && topmostCreated.length <= root.length;
      await syncFolders(dirname(path), isRootNew ? dirname(topmostCreated) : root);
    },

    async stat(key) {
      const found = await ignoring(isMissing, stat(pathOf(key)));
      return found?.isFile() ? { byteSize: found.size } : null;
    },

    async get(key, range) {
      const file = await ignoring(isMissing, open(pathOf(key)));
      if (!file) return null;
      const found = await file.stat();
      if (found.isFile()) {
        return new FileStream(file, range ?? { start: 0, end: found.size - 1 });
      }
      await file.close();
      return null;
    },

    async openLocalCopy(key) {
      const path = pathOf(key);
      const found = await ignoring(isMissing, stat(path));
      return found?.isFile() ? { path, async [Symbol.asyncDispose]() {} } : null;
    },

    async delete(key) {
      const path = pathOf(key);
      const found = await ignoring(isMissing, stat(path));
      if (found?.isFile()) await ignoring(isMissing, unlink(path));
      await pruneEmptyFolders(dirname(path), root);
    },

    async *list(prefix) {
      const segments = parsePrefix(prefix);
      for await (const object of walk(join(root, ...segments), segments.join('/'))) {
        if (object.key.startsWith(prefix)) yield object;
      }
    },
  };
}

/** Returns the topmost folder that had to be made, if any. */
async function moveIntoPlace(from: string, to: string): Promise<string | undefined> {
  let topmostCreated: string | undefined;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const made = await mkdir(dirname(to), { recursive: true });
      topmostCreated ??= made;
      await rename(from, to);
      return topmostCreated;
    } catch (error) {
      if (!isMissing(error) || attempt === MAX_ATTEMPTS) throw error;
      // Either the staged file is gone, or a delete has pruned the folder just made.
      if (await exists(from)) continue;
      if (await exists(to)) return topmostCreated;
      throw error;
    }
  }
}

/** A name lasts once the folder it stands in is on the disk: from `folder` up to and including `last`. */
async function syncFolders(folder: string, last: string): Promise<void> {
  const folders = [folder];
  for (let path = folder; path !== last;) folders.push((path = dirname(path)));
  // Missing: deleted again meanwhile, and the object with it.
  await Promise.all(folders.map((path) => ignoring(isMissing, syncToDisk(path))));
}

/**
 * Opens and closes at once: what was just written to is found in the kernel's memory, in a tenth of the time
 * that a way through the thread pool takes. Only what waits for the disk goes that way.
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

/** rmdir refuses folders that hold something, so this can't take what a publish has just put there. */
async function pruneEmptyFolders(folder: string, root: string): Promise<void> {
  for (let path = folder; path !== root; path = dirname(path)) {
    try {
      await rmdir(path);
    } catch (error) {
      if (!isMissing(error)) return; // In use again, by someone who will prune it, or never empty.
    }
  }
}

async function* walk(folder: string, key: string): AsyncGenerator<StoredObject> {
  const entries = await ignoring(isMissing, opendir(folder));
  if (!entries) return;
  for await (const entry of entries) {
    const path = join(folder, entry.name);
    const entryKey = key === '' ? entry.name : `${key}/${entry.name}`;
    if (entry.isDirectory()) yield* walk(path, entryKey);
    else yield* objectAt(path, entryKey, entry);
  }
}

async function* objectAt(path: string, key: string, entry: Dirent): AsyncGenerator<StoredObject> {
  const found = entry.isFile() ? await ignoring(isMissing, stat(path)) : undefined;
  if (found) yield { key, byteSize: found.size, modifiedAt: found.mtime };
}

const exists = async (path: string) => (await ignoring(isMissing, stat(path))) !== undefined;
