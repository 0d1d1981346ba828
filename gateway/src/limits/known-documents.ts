import type { KeyValueCache } from '@apollo/utils.keyvaluecache';
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import type { DocumentNode } from 'graphql';

/** The length of a document's id, which is at the end of Apollo Server's cache key. */
const ID_LENGTH = 64;
/** The size of all documents as JSON. */
const MAX_BYTES = 30 * 2 ** 20;

export interface KnownDocuments {
  /** Whether the document with this id was already parsed and validated. */
  has(id: string): boolean;
  /** Where Apollo Server keeps valid documents. */
  readonly store: KeyValueCache<DocumentNode>;
}

/** Keeps the documents that are valid; the least recently used ones are removed first. */
export function createKnownDocuments(): KnownDocuments {
  const keys = new Map<string, string>();
  const cache = new InMemoryLRUCache<DocumentNode>({
    maxSize: MAX_BYTES,
    dispose: (_document, key) => {
      // The document may be known again, validated against another schema.
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
