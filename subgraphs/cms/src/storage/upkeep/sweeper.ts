import type { Storage, StoredObject } from '../storage.ts';
import { inBatches } from './batches.ts';
import type { UpkeepRepository } from './repository.ts';

const BATCH_SIZE = 500;
const HOUR_MS = 60 * 60 * 1000;

/**
 * Longer than any upload takes. A crash leaves an object without a row, never a row without an
 * object.
 */
export const DEFAULT_GRACE_HOURS = 24;

export interface Sweeping {
  readonly graceHours: number;
  readonly dryRun: boolean;
  /** Stops with an error between two batches. */
  readonly signal?: AbortSignal | undefined;
}

export function createSweeper({
  objects,
  storage,
}: {
  objects: UpkeepRepository;
  storage: Storage;
}) {
  /** Checked again right before the delete: the object may be referenced by now. */
  async function remove({ key }: StoredObject): Promise<boolean> {
    const [unreferenced] = await objects.findUnreferenced([key]);
    if (unreferenced === undefined) return false;
    await storage.delete(key);
    return true;
  }

  return {
    /**
     * Removes objects that neither a row nor an active upload references and that are older than
     * the grace period, and what interrupted publishing left. Yields each removed object. A dry run only yields them.
     */
    async *sweep({ graceHours, dryRun, signal }: Sweeping): AsyncGenerator<StoredObject> {
      const before = Date.now() - graceHours * HOUR_MS;
      for await (const batch of inBatches(storage.list(''), BATCH_SIZE)) {
        signal?.throwIfAborted();
        const old = new Map(
          batch
            .filter(({ modifiedAt }) => modifiedAt.getTime() <= before)
            .map((object) => [object.key, object]),
        );
        if (old.size === 0) continue;
        for (const key of await objects.findUnreferenced([...old.keys()])) {
          const object = old.get(key);
          if (object && (dryRun || (await remove(object)))) yield object;
        }
      }
      if (!dryRun) await storage.removeUnfinished(new Date(before));
    },
  };
}
export type Sweeper = ReturnType<typeof createSweeper>;
