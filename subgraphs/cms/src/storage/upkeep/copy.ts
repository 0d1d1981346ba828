import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '@federated-media/subgraph-kit/error-code';
import type { Storage } from '../storage.ts';
import { sha256Of } from './checksum.ts';
import type { ExpectedObject, UpkeepRepository } from './repository.ts';

const BATCH_SIZE = 500;
/** A storage that does not respond would fail once for each file of the library. */
const MAX_FAILURES_IN_A_ROW = 20;
/** The running CMS removes files with this ending after a crash. */
const EXTENSION = '.part';

export interface CopyOutcome {
  readonly content: ExpectedObject;
  /** `purged`: the file was purged in the meantime. */
  readonly result: 'copied' | 'present' | 'purged' | 'failed';
  /** Why it failed. */
  readonly reason?: string;
}

/** Every copy fails, so that the others were not tried. */
export class CopyStoppedError extends Error {
  override readonly name = 'CopyStoppedError';
}

/**
 * Copies the bytes of all rows that `to` does not have with the right size, and publishes them only if they have the
 * checksum of their row. May run while files are added and deleted, any number of times. Renditions are not copied.
 *
 * @throws CopyStoppedError after many failures in a row
 */
export async function copyObjects({
  objects,
  from,
  to,
  scratchFolder,
  checksums,
  atOnce,
  onBytes,
  onOutcome,
}: {
  objects: Pick<UpkeepRepository, 'contents' | 'hasContent'>;
  from: Pick<Storage, 'get'>;
  to: Pick<Storage, 'stat' | 'get' | 'publish' | 'delete'>;
  /** For bytes until they are verified. For a folder, on its file system. */
  scratchFolder: string;
  /** Whether objects that are there already are read and compared, too. */
  checksums: boolean;
  /** The number of objects that are copied at the same time. */
  atOnce: number;
  /** Called with each number of bytes that were read for a copy. */
  onBytes: (count: number) => void;
  onOutcome: (outcome: CopyOutcome) => void;
}): Promise<void> {
  await mkdir(scratchFolder, { recursive: true });
  let failuresInARow = 0;

  async function isPresent({ storageKey: key, byteSize, checksum }: ExpectedObject) {
    if ((await to.stat(key))?.byteSize !== byteSize) return false;
    return !checksums || (await sha256Of(to, key)) === checksum;
  }

  async function copy(content: ExpectedObject): Promise<Omit<CopyOutcome, 'content'>> {
    if (await isPresent(content)) return { result: 'present' };
    const { storageKey: key, checksum } = content;
    const bytes = await from.get(key);
    if (!bytes) {
      const isWanted = await objects.hasContent(content);
      return isWanted ? failed('it is missing in the source') : { result: 'purged' };
    }
    const path = join(scratchFolder, `copy-${randomUUID()}${EXTENSION}`);
    try {
      const actual = await write(bytes, path);
      if (actual !== checksum) return failed('the bytes in the source have another checksum');
      await to.publish(key, path);
    } finally {
      await rm(path, { force: true });
    }
    if (await objects.hasContent(content)) return { result: 'copied' };
    // The purge may have looked for the object before it was published.
    await to.delete(key);
    return { result: 'purged' };
  }

  async function write(bytes: Readable, path: string): Promise<string> {
    const hash = createHash('sha256');
    const measured = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        onBytes(chunk.length);
        done(null, chunk);
      },
    });
    await pipeline(bytes, measured, createWriteStream(path, { flags: 'wx' }));
    return hash.digest('hex');
  }

  /** Takes row after row until the last one. */
  async function work(contents: AsyncGenerator<ExpectedObject>) {
    for (let next = await contents.next(); !next.done; next = await contents.next()) {
      if (failuresInARow >= MAX_FAILURES_IN_A_ROW) return;
      const content = next.value;
      const outcome = await copy(content).catch((error: unknown) => failed(messageOf(error)));
      failuresInARow = outcome.result === 'failed' ? failuresInARow + 1 : 0;
      onOutcome({ content, ...outcome });
    }
  }

  const contents = each(objects.contents(BATCH_SIZE));
  await Promise.all(Array.from({ length: atOnce }, () => work(contents)));
  if (failuresInARow >= MAX_FAILURES_IN_A_ROW)
    throw new CopyStoppedError(`${MAX_FAILURES_IN_A_ROW} files in a row could not be copied`);
}

const failed = (reason: string) => ({ result: 'failed', reason }) as const;

async function* each<Item>(batches: AsyncIterable<readonly Item[]>): AsyncGenerator<Item> {
  for await (const batch of batches) yield* batch;
}
