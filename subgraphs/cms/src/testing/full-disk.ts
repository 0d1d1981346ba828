import { execFileSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const NO_SMALL_DISK = 'only root can mount a small file system';

/**
 * Mounts a separate small file system at `folder`. Null if this process may not.
 *
 * @param kib its size
 */
export function mountSmallDisk(folder: string, kib: number) {
  try {
    const options = ['-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', folder];
    execFileSync('mount', options, { stdio: 'ignore' });
  } catch {
    return null;
  }
  const filler = join(folder, 'filler');
  return {
    /** Leaves no room at all. */
    async fill() {
      await writeFile(filler, Buffer.alloc(kib * 1024, 1)).catch(() => {}); // until it is full
    },
    free: () => rm(filler, { force: true }),
    unmount: () => execFileSync('umount', ['--lazy', folder]),
  };
}
