import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { printTable, ratio, verdict } from '../table.ts';
import type { GatewayKind, GatewayProcess } from './gateway-process.ts';
import { askHonestly } from './honest-clients.ts';
import { hostileDocuments } from './hostile-queries.ts';
import { hostileVariables } from './hostile-variables.ts';

const HOSTILE = 50;
const SECONDS = 10;
const ROUNDS = 3;
const MAX_BLOCKED_MS = 150;
const MAX_SLOWER = 2;
/** A gateway without a response within this time is killed, and counts as blocked for this time. */
const GIVE_UP_MS = 5_000;

type Start = (kind: GatewayKind) => Promise<GatewayProcess>;
/** Request bodies by the kind of attack. */
type Bodies = ReadonlyMap<string, (salt: number) => string>;

/** Measures how long other clients wait while many clients send requests that are expensive to read, check and plan. */
export async function benchHostileClients(start: Start) {
  await benchBodies(start, hostileDocuments, 'queries of at most 100 kB');
  await benchBodies(start, hostileVariables, 'requests with variables of at most 1 MB');
}

async function benchBodies(start: Start, bodies: Bodies, what: string) {
  const alone = await worstAlone(start, bodies);
  const flood = await floodOf(start, [...bodies.values()]);
  const slower = flood.p99Besides / flood.p99Alone;
  printTable(`${HOSTILE} hostile clients, ${flood.sent} ${what}`, [
    blockedRow('event loop blocked by one alone', alone.blockedMs, alone.name),
    ...alone.killedBy.map((name) => ['gateway killed', `no response in ${GIVE_UP_MS} ms`, name]),
    blockedRow('event loop blocked', flood.blockedMs),
    ['p99 of others, alone', `${flood.p99Alone.toFixed(1)} ms`],
    [
      'p99 of others, during the attack',
      `${flood.p99Besides.toFixed(1)} ms`,
      `at most ${ratio(MAX_SLOWER)}, is ${ratio(slower)}: ${verdict(slower <= MAX_SLOWER)}`,
    ],
  ]);
}

function blockedRow(title: string, blockedMs: number, name?: string): string[] {
  const atLeast = blockedMs >= GIVE_UP_MS ? 'at least ' : '';
  const cause = name === undefined ? '' : ` (${name})`;
  const limit = `at most ${MAX_BLOCKED_MS} ms: ${verdict(blockedMs <= MAX_BLOCKED_MS)}`;
  return [title, `${atLeast}${blockedMs.toFixed(0)} ms`, `${limit}${cause}`];
}

/** Sends a few of each kind, one after the other. */
async function worstAlone(start: Start, bodies: Bodies) {
  let gateway = await openGateway(start);
  const killedBy: string[] = [];
  let worst = { blockedMs: 0, name: '' };
  for (const [kind, [name, bodyOf]] of [...bodies].entries()) {
    for (let round = 0; round < ROUNDS; round += 1) {
      const answered = await post(gateway.pool, bodyOf(1_000_000 + round * 100 + kind));
      const blockedMs = answered ? await gateway.blockedMs() : GIVE_UP_MS;
      if (blockedMs > worst.blockedMs) worst = { blockedMs, name };
      if (blockedMs < GIVE_UP_MS) continue;
      killedBy.push(name);
      await gateway.kill();
      gateway = await openGateway(start);
      break;
    }
  }
  await gateway.kill();
  return { ...worst, killedBy };
}

/** Sends all kinds at once, from many clients. */
async function floodOf(start: Start, bodies: readonly ((salt: number) => string)[]) {
  const gateway = await openGateway(start);
  const { pool } = gateway;
  const p99Alone = p99(await gateway.askHonestly(SECONDS));
  await gateway.blockedMs();
  const until = performance.now() + (SECONDS + 1) * 1000;
  let sent = 0;
  const attack = async (_none: unknown, number: number) => {
    for (let round = number; performance.now() < until; round += 1) {
      await post(pool, bodies[round % bodies.length]?.(round) ?? '');
      sent += 1;
    }
  };
  const [besides] = await Promise.all([
    gateway.askHonestly(SECONDS),
    ...Array.from({ length: HOSTILE }, attack),
  ]);
  const blockedMs = await gateway.blockedMs();
  await gateway.kill();
  return { p99Alone, p99Besides: p99(besides), blockedMs, sent };
}

async function openGateway(start: Start) {
  const gateway = await start('own');
  const pool = new Pool(gateway.url, { connections: HOSTILE });
  const honest = (seconds: number) =>
    askHonestly({ url: gateway.url, seconds, giveUpMs: GIVE_UP_MS });
  await honest(2);
  await gateway.costs();
  return {
    pool,
    askHonestly: honest,
    /** Since the previous call. */
    async blockedMs(): Promise<number> {
      const costs = gateway.costs().then(({ maxBlockedMs }) => maxBlockedMs);
      return Promise.race([
        costs.catch(() => GIVE_UP_MS),
        sleep(GIVE_UP_MS, GIVE_UP_MS, { ref: false }),
      ]);
    },
    async kill() {
      await pool.destroy();
      await gateway.kill();
    },
  };
}

/** False without a response in time. */
async function post(pool: Pool, body: string): Promise<boolean> {
  try {
    const answer = await pool.request({
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(GIVE_UP_MS),
    });
    await answer.body.dump();
    return true;
  } catch {
    return false;
  }
}

const p99 = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Infinity;
