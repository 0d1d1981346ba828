import { LRUCache } from 'lru-cache';
import type { ResponseObject } from '../execution/response-objects.ts';
import { bytesOf, copyOf } from './values.ts';

/** The number of changes that are remembered. What was requested before the oldest of them is not served. */
const MAX_ENDINGS = 10_000;
/** The feed reports at least every second. Without it, entries are not served after this time. */
const MAX_SILENCE_MS = 3_000;
/** The objects of an entry, and its place in the cache. */
const ENTRY_BYTES = 400;

/** An entity of one store. */
export interface EntityRef {
  readonly storeId: string;
  readonly id: string;
}

/** A point in the order of endings. */
export type Moment = number;

export interface KeptEntity {
  /** May be changed by the caller. */
  readonly entity: ResponseObject;
  readonly remainingMs: number;
}

export interface EntityCache {
  /** The current moment. Call it before a request is sent: what ends later is not served from its response. */
  now(): Moment;
  /** Undefined if it is not cached, too old or outdated, or if the feed is silent. */
  find(key: string, ref: EntityRef): KeptEntity | undefined;
  /** Keeps a part of the response to a request that was sent at `since`. */
  keep(key: string, options: Kept): void;
  /** The entity has changed. */
  end(ref: EntityRef): void;
  /** Any entity of the store may have changed. */
  endStore(storeId: string): void;
  /** Any entity may have changed. */
  endAll(): void;
  /** Everything that was changed before `at`, by `performance.now()`, has been reported. */
  confirm(at: number): void;
  size(): { readonly entries: number; readonly bytes: number };
}

interface Kept {
  readonly ref: EntityRef;
  readonly entity: ResponseObject;
  readonly since: Moment;
  /** By `performance.now()`. */
  readonly expiresAt: number;
}

interface Entry {
  readonly entity: ResponseObject;
  readonly since: Moment;
  readonly expiresAt: number;
}

/**
 * Entities by key, at most `maxBytes`. Changes do not remove entries: each change, and each request that fills the
 * cache, has its moment in one order, and an entry is served only if its request was sent after the latest change of
 * its entity. A response that was read before a change and arrives after it is therefore never served.
 */
export function createEntityCache({ maxBytes }: { maxBytes: number }): EntityCache {
  let moment = 0;
  /** Everything that was requested before has ended. */
  let allEndedAt = 0;
  let confirmedAt = -Infinity;
  const entries = new LRUCache<string, Entry>({
    maxSize: maxBytes,
    sizeCalculation: ({ entity }, key) => ENTRY_BYTES + bytesOf(key) + bytesOf(entity),
  });
  /** The latest change, by store and by entity. */
  const endings = new LRUCache<string, number>({
    max: MAX_ENDINGS,
    dispose(endedAt, _tag, reason) {
      if (reason === 'evict') allEndedAt = Math.max(allEndedAt, endedAt);
    },
  });
  const endedAt = (tag: string) => endings.peek(tag) ?? 0;
  const isOutdated = ({ storeId, id }: EntityRef, since: Moment) =>
    since < allEndedAt || since < endedAt(storeId) || since < endedAt(tagOf({ storeId, id }));
  const endTag = (tag: string) => void endings.set(tag, ++moment);

  return {
    now: () => moment,

    find(key, ref) {
      const at = performance.now();
      const entry = entries.get(key);
      if (!entry || at - confirmedAt > MAX_SILENCE_MS) return undefined;
      const remainingMs = entry.expiresAt - at;
      if (remainingMs > 0 && !isOutdated(ref, entry.since)) {
        return { entity: copyOf(entry.entity), remainingMs };
      }
      entries.delete(key);
      return undefined;
    },

    keep(key, { ref, entity, since, expiresAt }) {
      if (isOutdated(ref, since)) return;
      entries.set(key, { entity: copyOf(entity), since, expiresAt });
    },

    end: (ref) => endTag(tagOf(ref)),
    endStore: (storeId) => endTag(storeId),
    endAll() {
      allEndedAt = ++moment;
      entries.clear();
      endings.clear();
    },
    confirm(at) {
      confirmedAt = Math.max(confirmedAt, at);
    },
    size: () => ({ entries: entries.size, bytes: entries.calculatedSize }),
  };
}

/** The ids of stores contain no space. Subgraphs ignore the case of ids. */
const tagOf = ({ storeId, id }: EntityRef) => `${storeId} ${id.toLowerCase()}`;
