import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readIfExists } from '@federated-media/subgraph-kit/files';
import { processState, signalProcess, worksIn } from '../process-table.ts';

/** A running server, as its `postmaster.pid` tells (PostgreSQL's own format: miscadmin.h, LOCK_FILE_LINE_*). */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Empty when it listens on no socket. */
  readonly socketDir: string;
  readonly isReady: boolean;
}

const pollMs = 20;
const fastStopMs = 20_000;
const immediateStopMs = 5_000;

/** The living server of this data folder; `null` when there is none, whatever the file says. */
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
 * Removes a `postmaster.pid` whose server is dead. PostgreSQL does so itself unless the pid lives on: as
 * a zombie its parent has not collected yet, or given to another process since. Should processes of the
 * dead server still hold its shared memory, PostgreSQL refuses the start by that, not by this file.
 */
export async function removeStalePidFile(data: string): Promise<void> {
  if (!(await readPostmaster(data))) await rm(join(data, 'postmaster.pid'), { force: true });
}

/** Fast shutdown: open transactions are rolled back, clients disconnected. Nothing to stop is no error. */
export async function stopPostmaster(data: string): Promise<void> {
  const postmaster = await readPostmaster(data);
  if (!postmaster) return;
  if (await signalAndWait(postmaster.pid, data, 'SIGINT', fastStopMs)) return;
  if (await signalAndWait(postmaster.pid, data, 'SIGQUIT', immediateStopMs)) return;
  throw new Error(`The embedded PostgreSQL (process ${postmaster.pid}) does not stop.`);
}

async function signalAndWait(
  pid: number,
  data: string,
  signal: NodeJS.Signals,
  waitMs: number,
): Promise<boolean> {
  const deadline = Date.now() + waitMs;
  signalProcess(pid, signal);
  while (isServing(pid, data)) {
    if (Date.now() > deadline) return false;
    await sleep(pollMs);
  }
  return true;
}

function isServing(pid: number, data: string): boolean {
  return pid > 0 && processState(pid) === 'running' && worksIn(pid, data);
}
