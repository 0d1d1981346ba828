import { type Hash, createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

const MAX_UPLOADS = 1_000;

/**
 * SHA-256 of the bytes that this process has received of resumable uploads. When other processes have received some of
 * them, the hash is not known here, and the completion hashes the bytes once.
 */
export function createRunningHashes() {
  const hashes = new LRUCache<string, { byteSize: number; hash: Hash }>({ max: MAX_UPLOADS });
  return {
    /** The hash of the first `byteSize` bytes, to add the next ones. Null if it is not known. */
    take(name: string, byteSize: number): Hash | null {
      const found = hashes.get(name);
      hashes.delete(name);
      if (byteSize === 0) return createHash('sha256');
      return found?.byteSize === byteSize ? found.hash : null;
    },
    keep(name: string, byteSize: number, hash: Hash | null): void {
      if (hash) hashes.set(name, { byteSize, hash });
    },
  };
}
