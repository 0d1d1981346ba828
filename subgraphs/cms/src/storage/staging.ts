import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  type FileHandle,
  mkdir,
  open,
  opendir,
  readFile,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FileWriter, pour } from './file-writer.ts';
import { ifExists } from './if-exists.ts';
import type { ResumableBytes } from './resumable-bytes.ts';
import type { SharedCopy } from './storage.ts';
import { asStorageError } from './storage-full.ts';

const ID = /^[A-Za-z0-9_-]{1,64}$/;
const EXTENSION = '.part';
const READ_BYTES = 1024 * 1024;
/** One block: a full disk may still have room for an empty file. */
const PROBE = Buffer.alloc(4096, 1);

export interface StagedBytes {
  readonly path: string;
  readonly byteSize: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** The same bytes in the storage, from which they can be published. */
  readonly copy?: SharedCopy;
}

/** Staged bytes as a file of this machine, until they are released. */
export interface OpenStagedBytes extends StagedBytes {
  /** Also removes the bytes from the staging if they were published. Does not throw. */
  release(result: { isPublished: boolean }): Promise<void>;
}

/** Where a client may send bytes itself, with one PUT and these headers. */
export interface DirectUpload {
  readonly url: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/** Clients send bytes to the storage itself. */
export interface DirectUploads {
  /** Allows to send exactly `byteSize` bytes of this type under `name`, once or repeatedly, until `expiresAt`. */
  open(
    name: string,
    allowed: { byteSize: number; mimeType: string; expiresAt: Date },
  ): Promise<DirectUpload>;
}

/**
 * Holds the bytes of uploads until they are verified and published. What `receive` writes is on this machine until
 * `share`; everything else is found by all nodes.
 */
export interface Staging {
  /**
   * Writes, counts and hashes `body` as it arrives, with one or two megabytes in memory. On any
   * error, including a disconnect of the client, it removes the file before it rejects. It does not
   * sync to the disk: publishing does that.
   * @throws FileTooLargeError at the first byte over `maxBytes`; the rest of `body` is not read
   * @throws StorageFullError if there is no room on the disk
   */
  receive(id: string, body: Readable, limits: { maxBytes: number }): Promise<StagedBytes>;
  /** Returns a path for another writer. The file does not exist yet, and `discard` removes it. */
  reservePath(id: string): Promise<string>;
  /** Counts and hashes the bytes at `sanitizedPathOf(path)`. */
  readSanitized(path: string): Promise<StagedBytes>;
  /** Removes the bytes at `path` when their sanitized version is published. Until then they can be verified again. */
  removeUnsanitized(path: string): Promise<void>;
  /** Lets all nodes open what `receive` has returned. Its file may not exist afterwards. */
  share(id: string, received: StagedBytes): Promise<void>;
  /** Whether there are bytes of this name, as many as `byteSize` if that is given. */
  has(id: string, byteSize?: number): Promise<boolean>;
  /**
   * Opens bytes that have arrived. Hashes them if `sha256` is null. Null if they are not staged any more, or not all of
   * the `byteSize` expected.
   * @throws the signal's reason
   */
  open(
    id: string,
    expected: {
      byteSize: number;
      sha256: string | null;
      /** Its client can still replace them: what is opened is a copy. */
      isReplaceable?: boolean;
    },
    signal: AbortSignal,
  ): Promise<OpenStagedBytes | null>;
  /** Null: clients cannot reach the storage, only this server. */
  readonly direct: DirectUploads | null;
  readonly resumable: ResumableBytes;
  /** Idempotent. Does not affect published bytes. */
  discard(id: string): Promise<void>;
  /** As `discard`, for bytes that are only on this machine. */
  discardLocal(id: string): Promise<void>;
  /**
   * Removes leftovers of a crash: files that were not written to for `olderThanMs`. Returns their
   * number. Use more time than a client may be silent. Keeps the files of the ids in `kept`.
   */
  sweep(olderThanMs: number, kept?: ReadonlySet<string>): Promise<number>;
  /** @throws Error if no bytes can be written */
  checkWritable(): Promise<void>;
}

/**
 * Where the sanitized version of staged bytes is written until it is published. It is discarded
 * and swept together with them.
 */
export const sanitizedPathOf = (path: string) => `${path}.clean${EXTENSION}`;

/** @param dir is created on first use and holds only staged files */
export function createStaging({ dir }: { dir: string }): Staging {
  const pathOf = (id: string) => {
    if (!ID.test(id)) throw new Error(`Not an upload's id: ${JSON.stringify(id.slice(0, 100))}`);
    return join(dir, `${id}${EXTENSION}`);
  };
  let probing: Promise<void> | undefined;

  async function has(id: string, byteSize?: number): Promise<boolean> {
    const found = await ifExists(stat(pathOf(id)));
    return found !== undefined && (byteSize === undefined || found.size === byteSize);
  }

  async function discard(id: string): Promise<void> {
    const path = pathOf(id);
    await rm(path, { force: true });
    await rm(sanitizedPathOf(path), { force: true });
  }

  return {
    async receive(id, body, { maxBytes }) {
      // An error without a listener ends the process, and the client may disconnect before anything
      // reads. The reader still gets the error.
      body.on('error', () => {});
      const path = pathOf(id);
      const file = await openNew(dir, path).catch((error: unknown) => {
        body.destroy();
        throw asStorageError(error);
      });
      try {
        const hash = createHash('sha256');
        const writer = new FileWriter(file, { maxBytes, hash });
        await pour(body, writer);
        await file.close();
        return { path, byteSize: writer.byteSize, sha256: hash.digest('hex') };
      } catch (error) {
        await file.close();
        await rm(path, { force: true });
        throw asStorageError(error);
      }
    },

    async reservePath(id) {
      await mkdir(dir, { recursive: true });
      return pathOf(id);
    },

    async readSanitized(path) {
      const cleaned = sanitizedPathOf(path);
      const bytes = await readFile(cleaned);
      return {
        path: cleaned,
        byteSize: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      };
    },

    removeUnsanitized: (path) => rm(path, { force: true }),

    // All nodes use the same folder.
    share: async () => {},
    has,

    async open(id, { byteSize, sha256 }, signal) {
      if (!(await has(id, byteSize))) return null;
      signal.throwIfAborted();
      const path = pathOf(id);
      const known = sha256 ?? (await hashOf(path, signal));
      // Publishing moves the file.
      return { path, byteSize, sha256: known, release: async () => {} };
    },

    direct: null,

    resumable: {
      size: async (name) => (await ifExists(stat(pathOf(name))))?.size ?? 0,

      async append(name, body, { position, byteSize, hash }) {
        await mkdir(dir, { recursive: true });
        const file = await open(pathOf(name), 'a');
        try {
          const { size } = await file.stat();
          if (size !== position) throw new Error(`The file has ${size} bytes, not ${position}.`);
          const writer = new FileWriter(file, { maxBytes: byteSize - position, hash });
          await pour(body, writer);
          return position + writer.byteSize;
        } catch (error) {
          throw asStorageError(error);
        } finally {
          await file.close();
        }
      },

      finish: async () => {},
    },

    discard,
    discardLocal: discard,

    async sweep(olderThanMs, kept = new Set()) {
      let removed = 0;
      const entries = await ifExists(opendir(dir));
      if (!entries) return removed;
      for await (const { name } of entries) {
        if (kept.has(idIn(name))) continue;
        const path = join(dir, name);
        const found = name.endsWith(EXTENSION) ? await ifExists(stat(path)) : undefined;
        if (!found || found.mtimeMs > Date.now() - olderThanMs) continue;
        await rm(path, { force: true });
        removed += 1;
      }
      return removed;
    },

    // Concurrent checks share one file.
    checkWritable: () =>
      (probing ??= writeProbe(dir, pathOf(`probe-${randomUUID()}`)).finally(() => {
        probing = undefined;
      })),
  };
}

/** Of the received bytes and of their sanitized version. */
const idIn = (name: string) => name.split('.', 1)[0] ?? '';

async function writeProbe(dir: string, path: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true });
    await writeFile(path, PROBE, { flag: 'wx' });
  } finally {
    await rm(path, { force: true });
  }
}

/** Fails if the file exists: a second upload with the same id must not write into the first. */
async function openNew(dir: string, path: string): Promise<FileHandle> {
  const file = await ifExists(open(path, 'wx'));
  if (file) return file;
  await mkdir(dir, { recursive: true });
  return open(path, 'wx');
}

async function hashOf(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: READ_BYTES }), hash, { signal });
  return hash.digest('hex');
}
