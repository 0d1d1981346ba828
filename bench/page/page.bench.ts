import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Stack, startStack } from '@federated-media/stack/stack';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { Pool } from 'undici';
import { costOf, rowOf } from '../cost.ts';
import { atMost, printTable, ratio, spread } from '../table.ts';
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
  { name: 'url and srcSet', fields: 'url srcSet', limit: 3 },
  { name: 'url only', fields: 'url', limit: 5 },
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

async function benchPage(stack: Stack, { name, fields, limit }: (typeof kinds)[number]) {
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
    const askFloor = () => askPages(floorPool, floorBodies, PAGES);
    const bare = await costOf(floorParts, { count: PAGES, work: askFloor });
    const askOurs = () => askPages(pool, bodies, PAGES);
    const ours = await costOf(parts, { count: PAGES, work: askOurs });
    rounds.push({ bare, ours, ratio: ours.cpuMs / bare.cpuMs });
  }
  await Promise.all([pool.close(), floorPool.close()]);
  await floor.stop();

  const bytes = Buffer.byteLength(answers[8] ?? '');
  const ratios = rounds.map((round) => round.ratio);
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
    ['ours to the floor', spread(ratios, ratio), atMost(limit, ratios)],
  ]);
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
