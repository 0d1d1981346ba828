import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, opendir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Writable, finished } from 'node:stream';
import { ifExists } from './if-exists.ts';

const BATCH_BYTES = 1024 * 1024;
/**
 * The maximum of one system call (IOV_MAX). Also limits the chunks of clients that send single
 * bytes.
 */
const BATCH_CHUNKS = 1024;
const ID = /^[A-Za-z0-9_-]{1,64}$/;
const EXTENSION = '.part';

export class FileTooLargeError extends Error {
  readonly maxBytes: number;

  constructor(maxBytes: number) {
    super(`The file is larger than ${maxBytes} bytes.`);
    this.name = 'FileTooLargeError';
    this.maxBytes = maxBytes;
  }
}

export interface StagedBytes {
  readonly path: string;
  readonly byteSize: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Holds the bytes of uploads, one file each, until they are verified and published. */
export interface Staging {
  /**
   * Writes, counts and hashes `body` as it arrives, with one or two megabytes in memory. On any
   * error, including a disconnect of the client, it removes the file before it rejects. It does not
   * sync to the disk: publishing does that.
   * @throws FileTooLargeError at the first byte over `maxBytes`; the rest of `body` is not read
   */
  receive(id: string, body: Readable, limits: { maxBytes: number }): Promise<StagedBytes>;
  /** Returns a path for another writer. The file does not exist yet, and `discard` removes it. */
  reservePath(id: string): Promise<string>;
  /** Counts and hashes the bytes at `sanitizedPathOf(path)`. */
  readSanitized(path: string): Promise<StagedBytes>;
  /** Removes the bytes at `path` when their sanitized version is published. Until then they can be verified again. */
  removeUnsanitized(path: string): Promise<void>;
  /** The path of the received bytes; null if they are not staged any more, or not all of the `byteSize` expected. */
  find(id: string, byteSize?: number): Promise<string | null>;
  /** Idempotent. Does not affect published bytes. */
  discard(id: string): Promise<void>;
  /**
   * Removes leftovers of a crash: files that were not written to for `olderThanMs`. Returns their
   * number. Use more time than a client may be silent.
   */
  sweep(olderThanMs: number): Promise<number>;
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

  return {
    async receive(id, body, { maxBytes }) {
      // An error without a listener ends the process, and the client may disconnect before anything
      // reads. The reader still gets the error.
      body.on('error', () => {});
      const path = pathOf(id);
      const file = await openNew(dir, path);
      try {
        const writer = new FileWriter(file, maxBytes);
        await pour(body, writer);
        await file.close();
        return { path, ...writer.written() };
      } catch (error) {
        await file.close();
        await rm(path, { force: true });
        throw error;
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

    async find(id, byteSize) {
      const path = pathOf(id);
      const found = await ifExists(stat(path));
      if (!found) return null;
      return byteSize === undefined || found.size === byteSize ? path : null;
    },

    async discard(id) {
      const path = pathOf(id);
      await rm(path, { force: true });
      await rm(sanitizedPathOf(path), { force: true });
    },

    async sweep(olderThanMs) {
      let removed = 0;
      const entries = await ifExists(opendir(dir));
      if (!entries) return removed;
      for await (const { name } of entries) {
        const path = join(dir, name);
        const found = name.endsWith(EXTENSION) ? await ifExists(stat(path)) : undefined;
        if (!found || found.mtimeMs > Date.now() - olderThanMs) continue;
        await rm(path, { force: true });
        removed += 1;
      }
      return removed;
    },
  };
}

/** Fails if the file exists: a second upload with the same id must not write into the first. */
async function openNew(dir: string, path: string): Promise<FileHandle> {
  const file = await ifExists(open(path, 'wx'));
  if (file) return file;
  await mkdir(dir, { recursive: true });
  return open(path, 'wx');
}

/**
 * Writes all of `body` and resolves when `writer` has finished. If one of them fails, both are destroyed. Node's
 * `pipeline` also creates and aborts a signal for every call, which takes a tenth of a millisecond.
 */
function pour(body: Readable, writer: Writable): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  finished(body, { writable: false }, (error) => error && writer.destroy(error));
  finished(writer, { readable: false }, (error) => {
    if (!error) return resolve();
    body.destroy();
    reject(error);
  });
  body.pipe(writer);
  return promise;
}

/** Counts, hashes and writes bytes. Collects one batch while the kernel writes the previous one. */
class FileWriter extends Writable {
  readonly #file: FileHandle;
  readonly #maxBytes: number;
  readonly #hash = createHash('sha256');
  #byteSize = 0;
  #batch: Buffer[] = [];
  #batchBytes = 0;
  #writing = Promise.resolve();

  constructor(file: FileHandle, maxBytes: number) {
    super();
    this.#file = file;
    this.#maxBytes = maxBytes;
  }

  /** After the end. */
  written() {
    return { byteSize: this.#byteSize, sha256: this.#hash.digest('hex') };
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void) {
    this.#byteSize += chunk.length;
    if (this.#byteSize > this.#maxBytes) return done(new FileTooLargeError(this.#maxBytes));
    this.#hash.update(chunk);
    this.#batch.push(chunk);
    this.#batchBytes += chunk.length;
    if (this.#batchBytes < BATCH_BYTES && this.#batch.length < BATCH_CHUNKS) return done();
    void settle(this.#writeBatch(), done);
  }

  override _final(done: (error?: Error) => void) {
    void settle(this.#writeAll(), done);
  }

  async #writeAll() {
    await this.#writeBatch();
    await this.#writing;
  }

  /** Resolves when it has started. */
  async #writeBatch() {
    await this.#writing;
    if (this.#batchBytes === 0) return;
    this.#writing = writeFully(this.#file, this.#batch, this.#batchBytes);
    this.#writing.catch(() => {}); // Handled at the next await. Until then it must not count as unhandled.
    this.#batch = [];
    this.#batchBytes = 0;
  }
}

async function settle(work: Promise<void>, done: (error?: Error) => void) {
  try {
    await work;
  } catch (cause) {
    done(cause instanceof Error ? cause : new Error(String(cause)));
    return;
  }
  done();
}

async function writeFully(file: FileHandle, batch: Buffer[], byteSize: number): Promise<void> {
  const { bytesWritten } = await file.writev(batch);
  if (bytesWritten === byteSize) return;
  let rest = Buffer.concat(batch).subarray(bytesWritten);
  while (rest.length > 0) rest = rest.subarray((await file.write(rest)).bytesWritten);
}
