import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import type { Storage } from '../storage.ts';

/** Reads all bytes of an object. Lower-case hex; null if there is no object. */
export async function sha256Of(storage: Pick<Storage, 'get'>, key: string): Promise<string | null> {
  const bytes = await storage.get(key);
  if (!bytes) return null;
  const hash = createHash('sha256');
  await pipeline(bytes, hash);
  return hash.digest('hex');
}
