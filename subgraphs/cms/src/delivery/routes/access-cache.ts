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

interface Lookup {
  readonly found: Promise<Deliverable | null>;
  /** Undefined until it is found. */
  file?: Deliverable;
}

type Contents = Map<string, Lookup>;

const keyOf = ({ storeId, contentNumber }: ContentRef) => `${storeId}/${contentNumber}`;

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
      const contents: Contents = files.get(ref.mediaId) ?? new Map();
      if (contents.size === 0) files.set(ref.mediaId, contents);
      const key = keyOf(ref);
      const known = contents.get(key);
      if (known) return known.found;
      const lookup: Lookup = { found: find(ref) };
      contents.set(key, lookup);
      const forget = () => contents.delete(key);
      lookup.found.then((file) => (file ? (lookup.file = file) : forget()), forget);
      return lookup.found;
    },

    /** The file, if it is cached. The same object until it is looked up again. */
    getCached: (ref: ContentRef): Deliverable | undefined =>
      files.get(ref.mediaId)?.get(keyOf(ref))?.file,

    /** Call it when the file was trashed, restored or purged, or when its visibility changed. */
    forget: (mediaId: string): void => void files.delete(mediaId),
  };
}
export type AccessCache = ReturnType<typeof createAccessCache>;
