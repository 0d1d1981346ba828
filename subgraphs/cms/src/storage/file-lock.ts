import { randomUUID } from 'node:crypto';
import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hasCode } from '@federated-media/subgraph-kit/error-code';
import { ifExists } from './if-exists.ts';

const HEARTBEAT_MS = 2_000;
/** A process that is suspended for longer loses its locks. */
const STALE_MS = 15_000;

export interface FileLock {
  release(): Promise<void>;
}

/**
 * A lock that processes of one machine share as a file: null if another one holds it. The lock of a process that was
 * killed is free at once; of a process that is not visible here, such as one in another container, after 15 seconds.
 * In rare cases two processes hold a lock: use it only to avoid that work is done twice.
 */
export async function tryFileLock(path: string): Promise<FileLock | null> {
  const mine = `${process.pid} ${randomUUID()}`;
  if (!(await create(path, mine)) && !((await removeStale(path)) && (await create(path, mine))))
    return null;
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {}); // Another process has taken it.
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    async release() {
      clearInterval(heartbeat);
      if ((await ifExists(readFile(path, 'utf8'))) === mine) await rm(path, { force: true });
    },
  };
}

async function create(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Whether there is no lock any more. */
async function removeStale(path: string): Promise<boolean> {
  const found = await ifExists(stat(path));
  if (!found) return true;
  const owner = Number((await ifExists(readFile(path, 'utf8')))?.split(' ')[0]);
  const isStale = found.mtimeMs < Date.now() - STALE_MS;
  // Without a content it was just created.
  if (!isStale && (!owner || isRunning(owner))) return false;
  await rm(path, { force: true });
  return true;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It belongs to another user.
    return hasCode(error, 'EPERM');
  }
}
