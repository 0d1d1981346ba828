import type { Storage } from '../storage.ts';
import { inBatches } from './batches.ts';
import { sha256Of } from './checksum.ts';
import type { ExpectedObject, UpkeepRepository } from './repository.ts';

const BATCH_SIZE = 500;
const AT_ONCE = 8;
const HOUR_MS = 60 * 60 * 1000;

export type Fault = 'missing' | 'size' | 'checksum' | 'unreferenced';

export interface Finding {
  readonly fault: Fault;
  readonly key: string;
  readonly detail: string;
}

/** What was checked so far, or a difference that was found. */
export type Progress = { readonly contents: number } | { readonly objects: number } | Finding;

/**
 * Compares rows and objects in both directions. Changes nothing and may run while files are added
 * and deleted.
 */
export async function* verifyStorage({
  objects,
  storage,
  checksums,
}: {
  objects: UpkeepRepository;
  storage: Storage;
  /** Also reads all bytes and compares their checksums. */
  checksums: boolean;
}): AsyncGenerator<Progress> {
  for await (const batch of objects.contents(BATCH_SIZE)) {
    yield { contents: batch.length };
    for (let start = 0; start < batch.length; start += AT_ONCE) {
      const some = batch.slice(start, start + AT_ONCE);
      const faults = await Promise.all(
        some.map(async (content) => {
          const fault = await faultOf(storage, content, checksums);
          // Null if the content was purged in the meantime.
          return fault && (await objects.hasContent(content)) ? fault : null;
        }),
      );
      yield* faults.filter((fault) => fault !== null);
    }
  }

  for await (const batch of inBatches(storage.list(''), BATCH_SIZE)) {
    yield { objects: batch.length };
    const found = new Map(batch.map((object) => [object.key, object]));
    for (const key of await objects.findUnreferenced([...found.keys()])) {
      const object = found.get(key);
      // A concurrent purge may have removed it.
      if (!object || !(await storage.stat(key))) continue;
      const hours = Math.max(0, Math.floor((Date.now() - object.modifiedAt.getTime()) / HOUR_MS));
      const detail = `${object.byteSize} bytes, ${hours} hours old`;
      yield { fault: 'unreferenced', key, detail };
    }
  }
}

async function faultOf(
  storage: Storage,
  { storageKey: key, byteSize, checksum, mediaId, number }: ExpectedObject,
  checksums: boolean,
): Promise<Finding | null> {
  const which = `content ${number} of file ${mediaId}`;
  const found = await storage.stat(key);
  if (!found) return { fault: 'missing', key, detail: which };
  if (found.byteSize !== byteSize) {
    const detail = `${which}: ${found.byteSize} bytes instead of ${byteSize}`;
    return { fault: 'size', key, detail };
  }
  if (!checksums) return null;
  const actual = await sha256Of(storage, key);
  if (actual === null) return { fault: 'missing', key, detail: which };
  if (actual === checksum) return null;
  return { fault: 'checksum', key, detail: `${which}: the bytes have changed` };
}
