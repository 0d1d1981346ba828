import { Pool } from 'undici';
import { printTable, ratio, verdict } from '../table.ts';
import type { GatewayKind, GatewayProcess } from './gateway-process.ts';
import { hostileQueries } from './hostile-queries.ts';

const HOSTILE = 50;
const SECONDS = 10;
const MAX_BLOCKED_MS = 150;
const MAX_SLOWER = 2;
/** What others ask meanwhile, a few at a time. */
const HONEST = 4;
const QUERY = '{ products(first: 10) { nodes { id sku name } } }';

/** How long other clients wait while many ask for what costs much to read, check and plan. */
export async function benchHostileClients(start: (kind: GatewayKind) => Promise<GatewayProcess>) {
  const gateway = await start('own');
  const pool = new Pool(gateway.url, { connections: HOSTILE + HONEST });
  await askFor(pool, 3);
  const worst = await worstAlone(pool, gateway);
  const alone = p99(await askFor(pool, SECONDS));
  await gateway.costs();

  const until = performance.now() + SECONDS * 1000;
  let sent = 0;
  const attack = async (_none: unknown, number: number) => {
    for (let round = number; performance.now() < until; round += 1) {
      const query = hostileQueries[round % hostileQueries.length]?.(round) ?? '';
      const { body } = await post(pool, query);
      await body.dump();
      sent += 1;
    }
  };
  const [besides] = await Promise.all([
    askFor(pool, SECONDS),
    ...Array.from({ length: HOSTILE }, attack),
  ]);
  const { maxBlockedMs } = await gateway.costs();
  await pool.close();
  await gateway.stop();

  const slower = p99(besides) / alone;
  printTable(`${HOSTILE} hostile clients, ${sent} queries of at most 100 kB`, [
    [
      'event loop blocked by one alone',
      `${worst.toFixed(0)} ms`,
      `at most ${MAX_BLOCKED_MS} ms: ${verdict(worst <= MAX_BLOCKED_MS)}`,
    ],
    [
      'event loop blocked',
      `${maxBlockedMs.toFixed(0)} ms`,
      `at most ${MAX_BLOCKED_MS} ms: ${verdict(maxBlockedMs <= MAX_BLOCKED_MS)}`,
    ],
    ['p99 of others, alone', `${alone.toFixed(1)} ms`],
    [
      'p99 of others, besides',
      `${p99(besides).toFixed(1)} ms`,
      `at most ${ratio(MAX_SLOWER)}, is ${ratio(slower)}: ${verdict(slower <= MAX_SLOWER)}`,
    ],
  ]);
}

/** Of each kind a few, one after the other. */
async function worstAlone(pool: Pool, gateway: GatewayProcess): Promise<number> {
  await gateway.costs();
  for (let round = 0; round < 3; round += 1) {
    for (const [kind, queryOf] of hostileQueries.entries()) {
      const { body } = await post(pool, queryOf(1_000_000 + round * 100 + kind));
      await body.dump();
    }
  }
  return (await gateway.costs()).maxBlockedMs;
}

/** How long each answer took that others got. */
async function askFor(pool: Pool, seconds: number): Promise<number[]> {
  const until = performance.now() + seconds * 1000;
  const times: number[] = [];
  const client = async () => {
    while (performance.now() < until) {
      const started = performance.now();
      const { body } = await post(pool, QUERY);
      await body.dump();
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: HONEST }, client));
  return times;
}

const post = (pool: Pool, query: string) =>
  pool.request({
    method: 'POST',
    path: '/graphql',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });

const p99 = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Infinity;
