import { randomUUID } from 'node:crypto';
import { link, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '@federated-media/subgraph-kit/error-code';
import { readIfExists } from '@federated-media/subgraph-kit/files';
import { processStart, processState } from './process-table.ts';

export interface Lock {
  /** Idempotent. */
  release(): Promise<void>;
}

/** Somebody alive holds the lock. */
export class LockedError extends Error {
  readonly ownerPid: number;

  constructor(path: string, ownerPid: number) {
    super(`${path} is held by process ${ownerPid}.`);
    this.name = 'LockedError';
    this.ownerPid = ownerPid;
  }
}

const pollMs = 25;

/**
 * A lock that outlives nobody: the file names its owner, and one whose owner is dead (`kill -9`, a
 * crash, a reboot that gave the pid to somebody else) is taken over.
 * Throws LockedError when a living owner has not let go within `waitMs`.
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

/** By link, so that the file is never seen without its content. */
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

/** Two may find the same stale lock: what was moved away is looked at again before it is thrown away. */
async function removeStale(path: string, stale: string): Promise<void> {
  const moved = `${path}.${randomUUID()}`;
  try {
    await rename(path, moved);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  if ((await readIfExists(moved)) !== stale) {
    await link(moved, path).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error;
    });
  }
  await rm(moved, { force: true });
}

async function releaseIfMine(path: string, mine: string): Promise<void> {
  if ((await readIfExists(path)) === mine) await rm(path, { force: true });
}

function isAlive(owner: string): boolean {
  const startedAt = owner.split(' ')[1];
  const pid = pidOf(owner);
  return processState(pid) === 'running' && processStart(pid) === startedAt;
}

function pidOf(owner: string): number {
  return Number(owner.split(' ')[0]);
}
