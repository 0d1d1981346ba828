import { LRUCache } from 'lru-cache';
import type { Deliverable } from '../../files/media-file/deliverable.ts';

/** Shorter than what an address may outlive its file by, five seconds, should nobody have told us. */
const REMEMBERED_MS = 4_000;
const MAX_FILES = 20_000;

export interface ContentRef {
  readonly storeId: string;
  readonly mediaId: string;
  readonly contentNumber: number;
}

type Contents = Map<string, Promise<Deliverable | null>>;

/**
 * Which bytes may be fetched, without asking the database at every hit. What may not is asked for anew
 * each time, so that what is restored is there at once.
 */
export function createAccessCache({
  find,
}: {
  /** Null when there is nothing to hand out: unknown, purged or in the trash. */
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

    /** It was trashed, restored, purged, or made private or public. */
    forget: (mediaId: string): void => void files.delete(mediaId),
  };
}
export type AccessCache = ReturnType<typeof createAccessCache>;
