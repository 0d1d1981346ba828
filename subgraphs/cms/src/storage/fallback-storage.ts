import { stat as statFile } from 'node:fs/promises';
import { ifExists } from './if-exists.ts';
import type { Storage } from './storage.ts';

/**
 * A storage whose objects are being moved: what `primary` does not have is read from `fallback`. Objects are published
 * in `primary` and deleted in both. `list` yields an object twice that both have.
 */
export function withFallback(primary: Storage, fallback: Storage): Storage {
  return {
    async publish(key, stagedPath, options) {
      const isStaged = (await ifExists(statFile(stagedPath))) !== undefined;
      // Published before the settings changed, and repeated after.
      if (!isStaged && (await fallback.stat(key))) return;
      await primary.publish(key, stagedPath, options);
    },
    stat: async (key) => (await primary.stat(key)) ?? fallback.stat(key),
    get: async (...request) => (await primary.get(...request)) ?? fallback.get(...request),
    openLocalCopy: async (...request) =>
      (await primary.openLocalCopy(...request)) ?? fallback.openLocalCopy(...request),
    async delete(key) {
      await fallback.delete(key);
      await primary.delete(key);
    },
    async *list(prefix) {
      yield* primary.list(prefix);
      yield* fallback.list(prefix);
    },
    removeUnfinished: async (before) =>
      (await primary.removeUnfinished(before)) + (await fallback.removeUnfinished(before)),
  };
}
