import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** The comparison for a large upload: hashes and writes the same bytes once, and syncs them to the disk. In seconds. */
export async function hashAndWrite(path: string, body: Iterable<Buffer>): Promise<number> {
  const started = performance.now();
  const hash = createHash('sha256');
  const file = await open(path, 'w');
  for (const chunk of body) {
    hash.update(chunk);
    await file.write(chunk);
  }
  hash.digest();
  await file.sync();
  await file.close();
  return (performance.now() - started) / 1000;
}
