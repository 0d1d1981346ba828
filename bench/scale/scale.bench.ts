import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { loadavg } from 'node:os';
import { type Stack, startStack } from '@federated-media/stack/stack';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import pg from 'pg';
import { printTable, ratio } from '../table.ts';
import { createClients } from './clients.ts';
import { operationsOf } from './operations.ts';
import { type ScaleStore, seedScale } from './seed.ts';
import { printSizes } from './sizes.ts';
import { type Timing, ms, timingOf } from './timing.ts';
import { printUpkeep } from './upkeep.ts';

/** The files of the large store. */
const LARGE = Number(process.env['BENCH_SCALE_FILES'] ?? 10_000_000);
/** A data folder that is kept, so that another run measures the same rows without writing them again. */
const KEPT_FOLDER = process.env['BENCH_SCALE_FOLDER'];

/** Parts of the names of what is measured. */
const ONLY = process.env['BENCH_SCALE_ONLY']?.split(',');

const STORES = [
  { storeId: 'tiny', count: 2_000 },
  { storeId: 'small', count: 200_000 },
  { storeId: 'large', count: LARGE },
] as const satisfies readonly ScaleStore[];

const SECRET = 'the internal secret of a stack that is only measured';
const env = {
  LOG_LEVEL: 'error',
  INTERNAL_SECRET: SECRET,
  URL_SIGNING_SECRET: 'the secret that signs the URLs of this bench',
  REQUEST_TIMEOUT_MS: '60000',
};

/** What editors, consumers and background work need in a store of 10 million files, compared with 200,000. */
export async function run() {
  const dataDir = KEPT_FOLDER ?? join(await temporaryFolder(), 'data');
  await mkdir(dataDir, { recursive: true });
  const options = { ports: 'free', output: 'collect', generate: true, processes: 'one' } as const;
  const stack = await startStack({ ...options, dataDir, env });
  try {
    await measure(stack, dataDir);
  } finally {
    await stack.stop();
    if (!KEPT_FOLDER) await rm(dataDir, { recursive: true, force: true });
  }
}

async function measure(stack: Stack, dataDir: string) {
  const url = stack.postgres.url('cms');
  const database = new pg.Pool({ connectionString: url });
  const { rows } = await database.query(`SELECT FROM stores WHERE id = 'large'`);
  if (rows.length === 0) await seedScale(url, STORES);
  await printSizes(database);
  await printTimes(stack, { dataDir, database });
  if (!ONLY) await printUpkeep(url);
  await database.end();
}

/** Stores in turns for each operation, so that other load of the machine affects all of them. */
async function printTimes(
  stack: Stack,
  { dataDir, database }: { dataDir: string; database: pg.Pool },
) {
  const clients = createClients(stack, { env, dataDir, secret: SECRET });
  const all = await Promise.all(
    STORES.map((store) => operationsOf(clients, { ...store, database })),
  );
  const roots = new Map([
    ...stack.processes.map(({ name, pid }): [string, number] => [name, pid]),
    ['PostgreSQL', stack.postgres.pid],
  ]);
  const [tiny = []] = all;
  const rows: string[][] = [];
  for (const [index, { name }] of tiny.entries()) {
    if (ONLY && !ONLY.some((part) => name.includes(part))) continue;
    const timings: (Timing | string)[] = [];
    for (const operations of all) {
      timings.push(await timingOf(operations[index]?.run ?? Promise.resolve, roots));
    }
    const [, small, large] = timings;
    const isTimed = typeof small === 'object' && typeof large === 'object';
    rows.push([
      name,
      ...timings.map((each) => (typeof each === 'string' ? each.slice(0, 60) : shown(each))),
      isTimed ? ratio(large.cpuMs / small.cpuMs) : '',
      (loadavg()[0] ?? 0).toFixed(1),
    ]);
    process.stderr.write(`${rows.at(-1)?.join('  ')}\n`);
  }
  printTable('CPU of all processes, the least time and p50, and the load of the machine', [
    ['', ...STORES.map(({ count }) => `${count} files`), 'large to small: CPU', 'load'],
    ...rows,
  ]);
  await clients.close();
}

const shown = ({ cpuMs, leastMs, medianMs }: Timing): string =>
  `${ms(cpuMs)} CPU, ${ms(leastMs)}, ${ms(medianMs)}`;
