import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Stack, startStack } from '@federated-media/stack/stack';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { fillCatalog } from '../page/catalog.ts';
import { type ProcessMemory, memoryOf } from '../processes.ts';
import { processes } from '../settings.ts';
import { megabytes, printTable, verdict } from '../table.ts';
import { mixedLoad } from './mixed-load.ts';

const SETTLE_MS = 20_000;
const LOAD_MS = Number(process.env['BENCH_LOAD_SECONDS'] ?? 120) * 1000;
const MAX_IDLE_BYTES = 450e6;
const MAX_LOADED_BYTES = 900e6;

/** Memory of every process but PostgreSQL: after the start, and after uploads, pages and renditions. */
export async function run() {
  const folder = await temporaryFolder();
  const stack = await startStack({
    dataDir: join(folder, 'data'),
    ports: 'free',
    output: 'collect',
    generate: true,
    processes,
    env: { LOG_LEVEL: 'error' },
  });
  try {
    await sleep(SETTLE_MS);
    print('idle', stack, MAX_IDLE_BYTES);
    await fillCatalog(stack.gatewayUrl);
    await mixedLoad(stack.gatewayUrl, { ms: LOAD_MS });
    print(`after ${LOAD_MS / 1000} s of load`, stack, MAX_LOADED_BYTES);
  } finally {
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function print(when: string, { processes }: Stack, maxBytes: number) {
  const rows = processes.flatMap(({ name, pid }) =>
    memoryOf(pid).map((memory, index) => rowOf(index === 0 ? name : `${name} worker`, memory)),
  );
  const all = processes.flatMap(({ pid }) => memoryOf(pid));
  const sum = {
    residentBytes: all.reduce((total, { residentBytes }) => total + residentBytes, 0),
    proportionalBytes: all.reduce((total, { proportionalBytes }) => total + proportionalBytes, 0),
  };
  const holds = sum.residentBytes <= maxBytes;
  printTable(`Memory, ${when}`, [
    ['', 'resident', 'proportional'],
    ...rows,
    [...rowOf('all', sum), `at most ${megabytes(maxBytes)} resident: ${verdict(holds)}`],
  ]);
}

const rowOf = (name: string, { residentBytes, proportionalBytes }: ProcessMemory) => [
  name,
  megabytes(residentBytes),
  megabytes(proportionalBytes),
];
