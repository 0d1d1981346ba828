import type { KeyValueCache } from '@apollo/utils.keyvaluecache';
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import type { DocumentNode } from 'graphql';

/** Characters of a document's id, at the end of the key that Apollo Server gives it. */
const ID_LENGTH = 64;
/** Of all documents, as JSON. */
const MAX_BYTES = 30 * 2 ** 20;

export interface KnownDocuments {
  /** Whether the document with this id needs to be neither parsed nor validated. */
  has(id: string): boolean;
  /** Where Apollo Server keeps valid documents. */
  readonly store: KeyValueCache<DocumentNode>;
}

/** The documents that were found to be valid, the least recently used of which are forgotten when they are too many. */
export function createKnownDocuments(): KnownDocuments {
  const keys = new Map<string, string>();
  const cache = new InMemoryLRUCache<DocumentNode>({
    maxSize: MAX_BYTES,
    dispose: (_document, key) => {
      // One that was validated against another schema may be known still.
      if (keys.get(idOf(key)) === key) keys.delete(idOf(key));
    },
  });
  return {
    has: (id) => keys.has(id),
    store: {
      get: (key) => cache.get(key),
      delete: (key) => cache.delete(key),
      async set(key, document, options) {
        const stored = cache.set(key, document, options);
        keys.set(idOf(key), key);
        await stored;
      },
    },
  };
}

const idOf = (key: string) => key.slice(-ID_LENGTH);
