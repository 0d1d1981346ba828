import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Stack, startStack } from '@federated-media/stack/stack';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { Pool } from 'undici';
import { type Cost, costOf, middleOf, partsOf } from '../cost.ts';
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
    const bare = await costOf(floorParts, {
      count: PAGES,
      work: () => askPages(floorPool, floorBodies, PAGES),
    });
    const ours = await costOf(parts, { count: PAGES, work: () => askPages(pool, bodies, PAGES) });
    rounds.push({ bare, ours, ratio: ours.cpuMs / bare.cpuMs });
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

/** The middle round of several. */
function rowOf(name: string, costs: readonly Cost[]): string[] {
  const middle = middleOf(costs);
  if (!middle) return [name];
  return [name, `${middle.cpuMs.toFixed(1)} ms`, middle.perSecond.toFixed(0), partsOf(middle)];
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
