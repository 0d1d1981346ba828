import { LRUCache } from 'lru-cache';
import type { Deliverable } from '../../files/media-file/deliverable.ts';

/**
 * A URL may be valid for five seconds after its file has changed, even if the notification is lost.
 * This is shorter.
 */
const REMEMBERED_MS = 4_000;
const MAX_FILES = 20_000;

export interface ContentRef {
  readonly storeId: string;
  readonly mediaId: string;
  readonly contentNumber: number;
}

type Contents = Map<string, Promise<Deliverable | null>>;

/**
 * Caches which bytes may be fetched, so that most requests need no database. Negative results are
 * not cached, so that a restored file is available immediately.
 */
export function createAccessCache({
  find,
}: {
  /** Null if the file is unknown, purged or in the trash. */
  find: (ref: ContentRef) => Promise<Deliverable | null>;
}) {
  const files = new LRUCache<string, Contents>({ max: MAX_FILES, ttl: REMEMBERED_MS });

  return {
    find(ref: ContentRef): Promise<Deliverable | null> {
      const { storeId, mediaId, contentNumber } = ref;
      const contents: Contents = files.get(mediaId) ?? new Map();
      if (contents.size === 0) files.set(mediaId, contents);
      const key = `${storeId}/${contentNumber}`;
      const known = contents.get(key);
      if (known) return known;
      const found = find(ref);
      contents.set(key, found);
      const forget = () => contents.delete(key);
      found.then((file) => file ?? forget(), forget);
      return found;
    },

    /** Call it when the file was trashed, restored or purged, or when its visibility changed. */
    forget: (mediaId: string): void => void files.delete(mediaId),
  };
}
export type AccessCache = ReturnType<typeof createAccessCache>;
