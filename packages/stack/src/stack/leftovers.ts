import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readIfExists } from '@federated-media/subgraph-kit/files';
import { isStillRunning, processStart, signalProcess } from '../process-table.ts';

const pollMs = 20;

/** Records a process of the stack in DATA_DIR, so that the next start can end it if this one is killed. */
export async function rememberProcess(dataDir: string, pid: number): Promise<void> {
  await appendFile(fileIn(dataDir), `${pid} ${processStart(pid)}\n`);
}

async function forgetProcesses(dataDir: string): Promise<void> {
  await rm(fileIn(dataDir), { force: true });
}

/**
 * Ends the processes that a killed stack left running. They detect that their parent ended and stop, but hold their
 * ports until then.
 */
export async function endLeftovers(dataDir: string, { stopWithinMs = 10_000 } = {}): Promise<void> {
  const remembered = (await readIfExists(fileIn(dataDir)))?.split('\n').filter(Boolean) ?? [];
  const running = remembered.filter(isRunning);
  for (const line of running) signalProcess(pidOf(line), 'SIGTERM');
  const deadline = Date.now() + stopWithinMs;
  while (running.some(isRunning)) {
    if (Date.now() > deadline) {
      for (const line of running.filter(isRunning)) signalProcess(pidOf(line), 'SIGKILL');
    }
    await sleep(pollMs);
  }
  await forgetProcesses(dataDir);
}

/** The pid may belong to another program now. */
function isRunning(line: string): boolean {
  return isStillRunning(pidOf(line), line.split(' ')[1]);
}

function pidOf(line: string): number {
  return Number(line.split(' ')[0]);
}

function fileIn(dataDir: string): string {
  return join(dataDir, 'processes');
}
