import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Stack } from '@federated-media/stack/stack';
import { Pool } from 'undici';
import { inParallel, median } from '../load.ts';
import { cpuSeconds } from '../processes.ts';
import { printTable, ratio, verdict } from '../table.ts';
import { type Upload, prepareUpload, sendUpload } from './client.ts';
import { distinctJpegs } from './files.ts';

const FILES = 500;
const AT_ONCE = 8;
const WARM_UP = 200;
const ROUNDS = 5;
const MIN_RATIO = 0.2;
const MAX_CPU_MS = 12;

/** Uploads 500 JPEGs of 200 KB, 8 at a time, compared with a bare server that only writes, hashes and inserts. */
export async function benchManyFiles(stack: Stack, folder: string) {
  const floor = await startFloor(join(folder, 'floor'), stack.postgres.url('postgres'));
  const gateway = new Pool(stack.gatewayUrl, { connections: AT_ONCE });
  const roots = [...stack.processes.map(({ pid }) => pid), stack.postgres.pid];

  const toFloor = async (body: Buffer) => {
    const response = await floor.pool.request({ method: 'POST', path: '/', body });
    await response.body.text();
  };
  const toGraph = async (upload: Upload) => {
    await sendUpload(gateway, upload);
  };
  const warmUp = await photographs(WARM_UP);
  await inParallel(warmUp.files, { atOnce: AT_ONCE, work: toFloor });
  await inParallel(warmUp.uploads, { atOnce: AT_ONCE, work: toGraph });

  const floorRates: number[] = [];
  const graphRates: number[] = [];
  const cpuMs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { files, uploads } = await photographs(FILES);
    floorRates.push(FILES / (await inParallel(files, { atOnce: AT_ONCE, work: toFloor })));
    // The bare server leaves its files in the page cache, and the next sync would wait for them.
    execFileSync('sync');
    const before = cpuSeconds(roots);
    graphRates.push(FILES / (await inParallel(uploads, { atOnce: AT_ONCE, work: toGraph })));
    cpuMs.push(((cpuSeconds(roots) - before) * 1000) / FILES);
  }
  floor.process.stdin?.end();
  await Promise.all([gateway.close(), floor.pool.close()]);

  const [floorRate, graphRate, cpu] = [median(floorRates), median(graphRates), median(cpuMs)];
  printTable(`${FILES} JPEGs of 200 KB, ${AT_ONCE} at a time`, [
    ['bare server', `${floorRate.toFixed(0)}/s`, rounds(floorRates)],
    ['gateway + cms', `${graphRate.toFixed(0)}/s`, rounds(graphRates)],
    [
      'ratio',
      ratio(graphRate / floorRate),
      `at least ${ratio(MIN_RATIO)}: ${verdict(graphRate / floorRate >= MIN_RATIO)}`,
    ],
    [
      'CPU per upload, all processes',
      `${cpu.toFixed(1)} ms`,
      `at most ${MAX_CPU_MS} ms: ${verdict(cpu <= MAX_CPU_MS)}`,
    ],
  ]);
}

/** New images, and the requests that upload them. */
async function photographs(count: number) {
  const files = await distinctJpegs(count);
  const uploads = files.map((body, index) =>
    prepareUpload({ filename: `photo-${index}.jpg`, mimeType: 'image/jpeg', body }),
  );
  return { files, uploads };
}

async function startFloor(folder: string, databaseUrl: string) {
  await mkdir(folder, { recursive: true });
  const script = fileURLToPath(new URL('floor-server.ts', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [script, folder, databaseUrl], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  if (!child.stdout) throw new Error('The floor server has no output.');
  const firstLine = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  return {
    process: child,
    pool: new Pool(`http://127.0.0.1:${String(firstLine.value)}`, { connections: AT_ONCE }),
  };
}

const rounds = (values: readonly number[]): string =>
  `all: ${values.map((value) => value.toFixed(0)).join(', ')}`;
