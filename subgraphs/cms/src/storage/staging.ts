import { createHash } from 'node:crypto';
import {
  type FileHandle,
  mkdir,
  open,
  opendir,
  readFile,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { ignoring, isMissing } from './file-errors.ts';

const BATCH_BYTES = 1024 * 1024;
/** As many as one system call takes (IOV_MAX); also a bound for senders of single bytes. */
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

/** Where bytes wait, each upload in a file of its own, until they are verified and published. */
export interface Staging {
  /**
   * Writes, counts and hashes `body` as it arrives, with one or two megabytes in memory. On any failure,
   * the sender's hanging up included, the file is gone before this rejects. Not synced to the
   * disk: publishing does that, for what is worth keeping.
   * @throws FileTooLargeError at the first byte over `maxBytes`; the rest of `body` is not read
   */
  receive(id: string, body: Readable, limits: { maxBytes: number }): Promise<StagedBytes>;
  /** Where somebody else may write a file of this name: there is none yet, and `discard` removes it. */
  reservePath(id: string): Promise<string>;
  /**
   * Puts what was written to `cleanPathOf(path)` in the place of the bytes at `path`, counted and hashed.
   */
  adoptClean(path: string): Promise<StagedBytes>;
  /** Where bytes that were received wait; null when they wait no more. */
  find(id: string): Promise<string | null>;
  /** Idempotent; does nothing to bytes that were published. */
  discard(id: string): Promise<void>;
  /**
   * Removes what a crash has left behind: files nobody has written to for `olderThanMs`. Answers how
   * many there were. Choose it longer than a sender may be silent.
   */
  sweep(olderThanMs: number): Promise<number>;
}

/**
 * Where a cleaned version of staged bytes is written, until it takes their place. It goes with them when
 * they are discarded, and is swept like them.
 */
export const cleanPathOf = (path: string) => `${path}.clean${EXTENSION}`;

/** `dir` is made when first needed; it holds nothing but staged files. */
export function createStaging({ dir }: { dir: string }): Staging {
  const pathOf = (id: string) => {
    if (!ID.test(id)) throw new Error(`Not an upload's id: ${JSON.stringify(id.slice(0, 100))}`);
    return join(dir, `${id}${EXTENSION}`);
  };

  return {
    async receive(id, body, { maxBytes }) {
      // A sender may hang up before anyone reads, and an error nobody listens to ends the process. It is
      // not lost: whoever reads on gets it.
      body.on('error', () => {});
      const path = pathOf(id);
      const file = await openNew(dir, path);
      try {
        const received = await writeAll(file, body, maxBytes);
        await file.close();
        return { path, ...received };
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

    async adoptClean(path) {
      const cleaned = cleanPathOf(path);
      const bytes = await readFile(cleaned);
      await rename(cleaned, path);
      return {
        path,
        byteSize: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      };
    },

    async find(id) {
      const path = pathOf(id);
      return (await ignoring(isMissing, stat(path))) ? path : null;
    },

    async discard(id) {
      const path = pathOf(id);
      await rm(path, { force: true });
      await rm(cleanPathOf(path), { force: true });
    },

    async sweep(olderThanMs) {
      let removed = 0;
      const entries = await ignoring(isMissing, opendir(dir));
      if (!entries) return removed;
      for await (const { name } of entries) {
        const path = join(dir, name);
        const found = name.endsWith(EXTENSION) ? await ignoring(isMissing, stat(path)) : undefined;
        if (!found || found.mtimeMs > Date.now() - olderThanMs) continue;
        await rm(path, { force: true });
        removed += 1;
      }
      return removed;
    },
  };
}

/** Fails when it is there: a second upload under the same id must not write into the first. */
async function openNew(dir: string, path: string): Promise<FileHandle> {
  const file = await ignoring(isMissing, open(path, 'wx'));
  if (file) return file;
  await mkdir(dir, { recursive: true });
  return open(path, 'wx');
}

/** Takes in one batch while the kernel takes the one before. */
async function writeAll(file: FileHandle, body: AsyncIterable<Buffer>, maxBytes: number) {
  const hash = createHash('sha256');
  let byteSize = 0;
  let batch: Buffer[] = [];
  let batchBytes = 0;
  let writing = Promise.resolve();

  for await (const chunk of body) {
    byteSize += chunk.length;
    if (byteSize > maxBytes) throw new FileTooLargeError(maxBytes);
    hash.update(chunk);
    batch.push(chunk);
    batchBytes += chunk.length;
    if (batchBytes < BATCH_BYTES && batch.length < BATCH_CHUNKS) continue;
    await writing;
    writing = writeFully(file, batch, batchBytes);
    writing.catch(() => {}); // Met at the next await; until then it must not count as unhandled.
    batch = [];
    batchBytes = 0;
  }
  await writing;
  if (batchBytes > 0) await writeFully(file, batch, batchBytes);
  return { byteSize, sha256: hash.digest('hex') };
}

async function writeFully(file: FileHandle, batch: Buffer[], byteSize: number): Promise<void> {
  const { bytesWritten } = await file.writev(batch);
  if (bytesWritten === byteSize) return;
  let rest = Buffer.concat(batch).subarray(bytesWritten);
  while (rest.length > 0) rest = rest.subarray((await file.write(rest)).bytesWritten);
}
