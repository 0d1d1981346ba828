import { setTimeout as sleep } from 'node:timers/promises';
import { mixedLoad } from '../memory/mixed-load.ts';
import { fillCatalog } from '../page/catalog.ts';
import { useByProcess } from '../processes.ts';
import { processes } from '../settings.ts';
import { withStack } from '../stack.ts';
import { megabytes, printTable } from '../table.ts';

const SOAK_MS = Number(process.env['BENCH_SOAK_SECONDS'] ?? 3_600) * 1000;
/** Until then caches and pools fill. */
const FIRST_MS = Math.min(120_000, SOAK_MS / 2);

/**
 * Mixed load for BENCH_SOAK_SECONDS. Prints memory and open descriptors of each process after two minutes and at the
 * end, while the load still runs: what grows between them may be a leak.
 */
export async function run() {
  await withStack({ processes, env: { LOG_LEVEL: 'error' } }, async (stack) => {
    const roots = new Map(stack.processes.map(({ name, pid }) => [name, pid]));
    const postgres = new Map([['PostgreSQL', stack.postgres.pid]]);
    const measure = () => useByProcess(new Map([...roots, ...postgres]));
    await fillCatalog(stack.gatewayUrl);
    const loaded = mixedLoad(stack.gatewayUrl, { ms: SOAK_MS });
    const ended = loaded.then(
      () => null,
      (error: unknown) => error,
    );
    await Promise.race([sleep(FIRST_MS), ended]);
    const early = measure();
    await Promise.race([sleep(SOAK_MS - FIRST_MS), ended]);
    const late = new Map(measure().map((use) => [use.name, use]));
    await loaded;

    const rows = early.map(({ name, residentBytes, descriptors }) => {
      const end = late.get(name);
      return [
        name,
        megabytes(residentBytes),
        megabytes(end?.residentBytes ?? 0),
        signed(((end?.residentBytes ?? 0) - residentBytes) / 1e6, ' MB'),
        String(descriptors),
        String(end?.descriptors ?? 0),
        signed((end?.descriptors ?? 0) - descriptors),
      ];
    });
    const [first, last] = [FIRST_MS, SOAK_MS].map((ms) => `${ms / 1000} s`);
    printTable('Soak', [
      ['', `memory, ${first}`, last ?? '', 'growth', `descriptors, ${first}`, last ?? '', 'growth'],
      ...rows,
    ]);
  });
}

const signed = (value: number, unit = ''): string =>
  `${value > 0 ? '+' : ''}${value.toFixed(0)}${unit}`;
