import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readIfExists } from '@federated-media/subgraph-kit/files';
import {
  isStillRunning,
  processStart,
  processState,
  signalProcess,
  worksIn,
} from '../process-table.ts';

/** A running server, as described in its `postmaster.pid` (PostgreSQL source: miscadmin.h, LOCK_FILE_LINE_*). */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Empty when it does not listen on a socket. */
  readonly socketDir: string;
  readonly isReady: boolean;
}

const pollMs = 20;
const fastStopMs = 20_000;
const immediateStopMs = 5_000;
const killMs = 5_000;

/** Returns the running server of this data folder; null if none runs, even if the file exists. */
export async function readPostmaster(data: string): Promise<Postmaster | null> {
  const file = await readIfExists(join(data, 'postmaster.pid'));
  if (!file) return null;
  const [pid, , , port, socketDir = '', , , status = ''] = file
    .split('\n')
    .map((line) => line.trim());
  const postmaster = {
    pid: Number(pid),
    port: Number(port),
    socketDir,
    isReady: status === 'ready',
  };
  return isServing(postmaster.pid, data) ? postmaster : null;
}

/**
 * Removes the `postmaster.pid` of a server that does not run. PostgreSQL does so itself unless a process with the pid
 * exists: a zombie that its parent has not collected, or another process. If processes of the old server still use
 * its shared memory, PostgreSQL detects them without this file and does not start.
 */
export async function removeStalePidFile(data: string): Promise<void> {
  if (!(await readPostmaster(data))) await rm(join(data, 'postmaster.pid'), { force: true });
}

/**
 * Fast shutdown: rolls back open transactions and disconnects clients. A server that takes too long is killed, which it
 * recovers from at its next start. Stops the server `known` also if its files were removed, and then at once, because
 * there is nothing to save. Does nothing if no server runs.
 */
export async function stopPostmaster(data: string, known?: Postmaster): Promise<void> {
  const written = await readPostmaster(data);
  const postmaster = known && isServing(known.pid, data) ? known : written;
  if (!postmaster) return;
  const { pid } = postmaster;
  const hasFiles = written?.pid === pid;
  const startedAt = processStart(pid) ?? undefined;
  const end = async (signal: NodeJS.Signals, waitMs: number) => {
    const deadline = Date.now() + waitMs;
    signalProcess(pid, signal);
    // Not `isServing`: a process that is ending has no working directory any more.
    while (isStillRunning(pid, startedAt)) {
      if (Date.now() > deadline) return false;
      await sleep(pollMs);
    }
    return true;
  };
  if (hasFiles && (await end('SIGINT', fastStopMs))) return;
  if (await end('SIGQUIT', immediateStopMs)) return;
  if (await end('SIGKILL', killMs)) return;
  throw new Error(`The embedded PostgreSQL (process ${pid}) did not stop.`);
}

function isServing(pid: number, data: string): boolean {
  return pid > 0 && processState(pid) === 'running' && worksIn(pid, data);
}
