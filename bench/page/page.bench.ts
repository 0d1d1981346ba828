import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Stack, startStack } from '@federated-media/stack/stack';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { Pool } from 'undici';
import { cpuSeconds } from '../processes.ts';
import { processes } from '../settings.ts';
import { printTable, ratio, verdict } from '../table.ts';
import { startFloor } from './floor.ts';
import { MOST_PRODUCTS, fillCatalog } from './catalog.ts';

const AT_ONCE = 16;
/** Operations of 16 to 31 products, in turns. */
const OPERATIONS = Array.from({ length: 16 }, (_none, index) => MOST_PRODUCTS - 15 + index);
const PAGES = 160;
const WARM_UP = 320;
const ROUNDS = 5;
const SECRET = 'the secret that signs the URLs of this bench';

const kinds = [
  { name: 'url and srcSet', fields: 'url srcSet', atMost: 3 },
  { name: 'url only', fields: 'url', atMost: 5 },
];

/**
 * A product page, with all processes counted, next to a bare server that reads the same rows and answers the
 * same bytes with the same signatures. Both run in turns, and each round is one ratio.
 */
export async function run() {
  const folder = await temporaryFolder();
  const stack = await startStack({
    dataDir: join(folder, 'data'),
    ports: 'free',
    output: 'collect',
    generate: true,
    processes,
    env: { LOG_LEVEL: 'error', URL_SIGNING_SECRET: SECRET },
  });
  try {
    await fillCatalog(stack.gatewayUrl);
    for (const kind of kinds) await benchPage(stack, kind);
  } finally {
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function benchPage(stack: Stack, { name, fields, atMost }: (typeof kinds)[number]) {
  const queryOf = (first: number) =>
    `{ products(first: ${first}) { nodes { id sku name mediaAssociations { id usageType displayOrder media { id altText ${fields} mimeType width height } } } } }`;
  const bodies = OPERATIONS.map((first) => JSON.stringify({ query: queryOf(first) }));
  const pool = new Pool(stack.gatewayUrl, { connections: AT_ONCE });
  const answers = await Promise.all(bodies.map((body) => ask(pool, body)));
  const floor = await startFloor({
    databases: { catalog: stack.postgres.url('catalog'), cms: stack.postgres.url('cms') },
    secret: SECRET,
    example: answers.at(-1) ?? '',
  });
  const floorPool = new Pool(floor.url, { connections: AT_ONCE });
  const floorBodies = OPERATIONS.map((first) => JSON.stringify({ first, fields }));
  for (const [index, body] of floorBodies.entries()) {
    if ((await ask(floorPool, body)) !== answers[index])
      throw new Error('The floor answers other bytes.');
  }

  const parts = new Map([
    ...stack.processes.map((each): [string, number] => [each.name, each.pid]),
    ['PostgreSQL', stack.postgres.pid] as const,
  ]);
  const floorParts = new Map([['floor', floor.pid], ['PostgreSQL', stack.postgres.pid] as const]);
  await askPages(pool, bodies, WARM_UP);
  await askPages(floorPool, floorBodies, WARM_UP);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const bare = await costOf(floorParts, () => askPages(floorPool, floorBodies, PAGES));
    const ours = await costOf(parts, () => askPages(pool, bodies, PAGES));
    rounds.push({ bare, ours, ratio: ours.sum / bare.sum });
  }
  await Promise.all([pool.close(), floorPool.close()]);
  await floor.stop();

  const bytes = Buffer.byteLength(answers[8] ?? '');
  const ratios = rounds.map((round) => round.ratio).toSorted((a, b) => a - b);
  const [least = 0, most = 0] = [ratios[0], ratios.at(-1)];
  printTable(`Product page, ${name}: ${(bytes / 1000).toFixed(0)} kB with 24 products`, [
    ['', 'CPU per page', 'pages per second', 'of these'],
    rowOf(
      'floor',
      rounds.map(({ bare }) => bare),
    ),
    rowOf(
      'ours',
      rounds.map(({ ours }) => ours),
    ),
    [
      'ours to the floor',
      `${ratio(least)} to ${ratio(most)}`,
      `at most ${ratio(atMost)}: ${verdict(most <= atMost)}`,
    ],
  ]);
}

interface Cost {
  readonly sum: number;
  readonly perSecond: number;
  readonly parts: ReadonlyMap<string, number>;
}

/** CPU milliseconds per page, by process with all that it started. */
async function costOf(
  roots: ReadonlyMap<string, number>,
  work: () => Promise<void>,
): Promise<Cost> {
  const look = () => [...roots].map(([name, pid]): [string, number] => [name, cpuSeconds([pid])]);
  const before = new Map(look());
  const startedAt = performance.now();
  await work();
  const elapsed = (performance.now() - startedAt) / 1000;
  const parts = new Map(
    look().map(([name, after]) => [name, ((after - (before.get(name) ?? 0)) * 1000) / PAGES]),
  );
  const sum = [...parts.values()].reduce((total, ms) => total + ms, 0);
  return { sum, perSecond: PAGES / elapsed, parts };
}

/** The middle round of several. */
function rowOf(name: string, costs: readonly Cost[]): string[] {
  const middle = costs.toSorted((a, b) => a.sum - b.sum)[Math.floor(costs.length / 2)];
  if (!middle) return [name];
  const parts = [...middle.parts].filter(([, ms]) => ms >= 0.05);
  return [
    name,
    `${middle.sum.toFixed(1)} ms`,
    middle.perSecond.toFixed(0),
    parts.map(([part, ms]) => `${part} ${ms.toFixed(1)}`).join(', '),
  ];
}

async function askPages(pool: Pool, bodies: readonly string[], count: number) {
  let asked = 0;
  const client = async () => {
    while (asked < count) {
      asked += 1;
      await ask(pool, bodies[asked % bodies.length] ?? '');
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
}

async function ask(pool: Pool, body: string): Promise<string> {
  const answer = await pool.request({
    method: 'POST',
    path: '/graphql',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`The page answered ${answer.statusCode}: ${text}`);
  return text;
}
