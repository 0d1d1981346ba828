import { createHash, randomUUID } from 'node:crypto';
import { link, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '@federated-media/subgraph-kit/error-code';
import { readIfExists } from '@federated-media/subgraph-kit/files';
import { isStillRunning, processStart } from './process-table.ts';

export interface Lock {
  /** Idempotent. */
  release(): Promise<void>;
}

/** A running process holds the lock. */
export class LockedError extends Error {
  readonly ownerPid: number;

  constructor(path: string, ownerPid: number) {
    super(`${path} is held by process ${ownerPid}.`);
    this.name = 'LockedError';
    this.ownerPid = ownerPid;
  }
}

const pollMs = 25;
/** Removing a stale lock takes milliseconds. */
const REMOVAL_MS = 10_000;

/**
 * Acquires a lock file that contains its owner. If the owner no longer runs (`kill -9`, a crash, a reboot after which
 * another process has the pid), the lock passes to the caller. Throws LockedError when a running owner does not
 * release it within `waitMs`.
 */
export async function acquireLock(path: string, { waitMs = 0 } = {}): Promise<Lock> {
  const deadline = Date.now() + waitMs;
  const mine = `${process.pid} ${processStart(process.pid)} ${randomUUID()}`;
  for (;;) {
    if (await create(path, mine)) return { release: () => releaseIfMine(path, mine) };
    const owner = await readIfExists(path);
    if (owner === null) continue;
    if (!isAlive(owner)) {
      await removeStale(path, owner);
      continue;
    }
    if (Date.now() >= deadline) throw new LockedError(path, pidOf(owner));
    await sleep(pollMs);
  }
}

/** Uses `link`, so that the file never exists without its content. */
async function create(path: string, content: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, content, { mode: 0o644 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Several processes may find the same stale lock. The one that removes it holds a lock for this very content, so that
 * nobody removes what a new owner has written in the meantime.
 */
async function removeStale(path: string, stale: string): Promise<void> {
  const name = createHash('sha256').update(stale).digest('hex').slice(0, 16);
  const removal = await acquireLock(`${path}.stale-${name}`, { waitMs: REMOVAL_MS });
  try {
    if ((await readIfExists(path)) === stale) await rm(path, { force: true });
  } finally {
    await removal.release();
  }
}

async function releaseIfMine(path: string, mine: string): Promise<void> {
  if ((await readIfExists(path)) === mine) await rm(path, { force: true });
}

function isAlive(owner: string): boolean {
  return isStillRunning(pidOf(owner), owner.split(' ')[1]);
}

function pidOf(owner: string): number {
  return Number(owner.split(' ')[0]);
}
