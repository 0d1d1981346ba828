import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { processState } from '../process-table.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { endLeftovers, rememberProcess } from './leftovers.ts';

let dataDir: string;
let child: ChildProcess;

beforeEach(async () => {
  dataDir = await temporaryFolder();
});

afterEach(async () => {
  child.kill('SIGKILL');
  await rm(dataDir, { recursive: true });
});

test('ends the processes of a killed stack', async () => {
  const pid = await startChild('setInterval(() => {}, 1000)');
  await rememberProcess(dataDir, pid);
  await endLeftovers(dataDir);
  expect(processState(pid)).not.toBe('running');
});

test('kills a process that ignores SIGTERM', async () => {
  const pid = await startChild('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)');
  await rememberProcess(dataDir, pid);
  await endLeftovers(dataDir, { stopWithinMs: 50 });
  expect(processState(pid)).not.toBe('running');
});

test('does not end another process that has the recorded pid', async () => {
  const pid = await startChild('setInterval(() => {}, 1000)');
  await appendFile(join(dataDir, 'processes'), `${pid} 1\n`);
  await endLeftovers(dataDir);
  expect(processState(pid)).toBe('running');
});

test('ignores invalid lines in the list', async () => {
  const pid = await startChild('setInterval(() => {}, 1000)');
  await appendFile(join(dataDir, 'processes'), '\n-1 1\n0 0\nnonsense\n');
  await endLeftovers(dataDir);
  expect(processState(pid)).toBe('running');
});

async function startChild(code: string): Promise<number> {
  child = spawn(process.execPath, ['-e', `${code}; console.log()`]);
  await once(child.stdout!, 'data');
  return child.pid!;
}
