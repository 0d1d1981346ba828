import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readIfExists } from '@federated-media/subgraph-kit/files';
import { processStart, processState, signalProcess } from '../process-table.ts';

const pollMs = 20;

/** Remembers a process of ours under DATA_DIR, for whoever comes after us should we be killed. */
export async function rememberProcess(dataDir: string, pid: number): Promise<void> {
  await appendFile(fileIn(dataDir), `${pid} ${processStart(pid)}\n`);
}

async function forgetProcesses(dataDir: string): Promise<void> {
  await rm(fileIn(dataDir), { force: true });
}

/**
 * Ends what a stack that was killed left running. Its processes notice by themselves that it is gone and
 * stop, but may need a moment, and until then they hold their ports.
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

/** A pid alone is not enough: it may be another program's by now. */
function isRunning(line: string): boolean {
  const pid = pidOf(line);
  return processState(pid) === 'running' && processStart(pid) === line.split(' ')[1];
}

function pidOf(line: string): number {
  return Number(line.split(' ')[0]);
}

function fileIn(dataDir: string): string {
  return join(dataDir, 'processes');
}
